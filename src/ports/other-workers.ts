/** The workers that poll the same task queue. */
export interface OtherWorkers {
  /** Whether one of them may know a service that this one does not. */
  mayKnow(service: string): Promise<boolean>;
}

/** Where nobody can be asked. */
export const NO_OTHER_WORKERS: OtherWorkers = { mayKnow: () => Promise.resolve(false) };
