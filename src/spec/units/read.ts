/** What came of reading one value that a person wrote. */
export type Read<Value> = { readonly value: Value } | { readonly refused: Refusal };

/** Why a value cannot be read. */
export interface Refusal {
  /** Stable id of the rule, e.g. `units.duration`. */
  readonly rule: string;
  readonly message: string;
  readonly expected: string;
  readonly remedy?: string;
}

export function refuse(rule: string, message: string, expected: string, remedy?: string): { refused: Refusal } {
  return { refused: { rule, message, expected, ...(remedy === undefined ? {} : { remedy }) } };
}

/** Takes back what floating point adds: 7 % of 1 is 0.07, not 0.07000000000000001. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

const NUMBER = /^[+-]?(\d+(\.\d+)?|\.\d+)$/;

/** `given` as a finite number, also when it stands in quotes; `undefined` when it is none. */
export function asNumber(given: unknown): number | undefined {
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined;
  if (typeof given === 'string' && NUMBER.test(given.trim())) return Number(given);
  return undefined;
}
