const LONGEST = 300;

/** What somebody said, for a list that people read. */
export function shortened(said: unknown): string {
  const text = said instanceof Error ? `${said.name}: ${said.message}` : String(said);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
