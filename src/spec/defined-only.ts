/** `Values` without undefined ones: plain data says nothing rather than "undefined". */
export type DefinedOnly<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

/** What of `values` is not undefined. */
export function definedOnly<Values extends object>(values: Values): DefinedOnly<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as DefinedOnly<Values>;
}
