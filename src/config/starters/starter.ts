/** What `headgate init` writes for one kind of data plane, `headgate.yaml` among it. */
export interface Starter {
  /** Texts, by their paths relative to where `init` is run. */
  files(service: string): Readonly<Record<string, string>>;
  /** What to type next, before Headgate's own commands. */
  readonly next: readonly string[];
  /** `false`: its metrics have no histogram, and a check on a latency would be refused. */
  readonly countsLatencies?: false;
}
