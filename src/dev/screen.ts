/** Where something is told to a person: a terminal, a pipe or a file. */
export interface Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** Standard output, whose size is unknown when it is no terminal. */
export function standardOutput(): Screen {
  return process.stdout;
}
