/** The workers that poll the same task queue. */
export interface OtherWorkers {
  /** Whether one of them may know a service that this one does not. */
  mayKnow(service: string): Promise<boolean>;
  /** The services that they say they know. One that knows very many does not name them. */
  services(): Promise<readonly string[]>;
}

/** Where nobody can be asked. */
export const NO_OTHER_WORKERS: OtherWorkers = {
  mayKnow: () => Promise.resolve(false),
  services: () => Promise.resolve([]),
};
