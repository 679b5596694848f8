/** A value that is made when first asked for. */
export interface Once<Value> {
  (): Promise<Value>;
  wasAsked(): boolean;
}

export function once<Value>(make: () => Promise<Value>): Once<Value> {
  let made: Promise<Value> | undefined;
  return Object.assign(() => (made ??= make()), { wasAsked: () => made !== undefined });
}
