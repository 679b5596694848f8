/** `Values` without undefined ones: plain data says nothing rather than "undefined". */
export type Said<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** What of `values` is not undefined. */
export function said<Values extends object>(values: Values): Said<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Said<Values>;
}
