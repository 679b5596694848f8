/** What keeps the users of a route from keeping their side, and what helps. */
export interface Unfit {
  /** As the end of a sentence about the route. */
  readonly cause: string;
  readonly remedy: string;
}

/** A route as far as it decides who goes where. */
export interface Hashing {
  readonly usesHashPolicy: boolean;
  readonly hashPolicies: number;
  /** By which header the side is chosen instead of a hash; '' for none. */
  readonly headerName: string;
  readonly runtimeKeyPrefix: string;
}

/** Each with the remedy that helps against it. */
export function unfitnessOf({ usesHashPolicy, hashPolicies, headerName, runtimeKeyPrefix }: Hashing): readonly Unfit[] {
  const unfits: Unfit[] = [];
  if (runtimeKeyPrefix !== '') unfits.push(overridable(runtimeKeyPrefix));
  if (headerName !== '')
    unfits.push({
      cause: `its weighted_clusters has header_name: ${headerName}, so whoever sends that header chooses a side`,
      remedy: 'Write use_hash_policy: true in place of header_name.',
    });
  else if (!usesHashPolicy)
    unfits.push({
      cause: 'its weighted_clusters lacks use_hash_policy: true',
      remedy: 'Add use_hash_policy: true to its weighted_clusters.',
    });
  if (hashPolicies === 0)
    unfits.push({
      cause: 'it has no hash_policy',
      remedy: 'Add a hash_policy on a header or cookie to the route; docs/envoy.md shows how.',
    });
  return unfits;
}

/** Nobody could see what is really served. */
export function overridable(prefix: string): Unfit {
  return {
    cause: `its weighted_clusters has runtime_key_prefix: ${prefix}, by which others override weights`,
    remedy: 'Take runtime_key_prefix out of the route.',
  };
}
