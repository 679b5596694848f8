/** Where something is told to a person: a terminal, a pipe or a file. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

/** How large it is; a pipe does not know, and some terminals say 0. */
export function sizeOf({ columns = 0, rows = 0 }: Screen): { readonly columns: number; readonly rows: number } {
  return { columns: columns > 0 ? columns : USUAL_COLUMNS, rows: rows > 0 ? rows : USUAL_ROWS };
}
