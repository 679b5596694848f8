/** Numbers in [0, 1). */
export type Random = () => number;

/**
 * Numbers in [0, 1) that are the same in every run: xoshiro128++ (Blackman, Vigna, *Scrambled linear pseudorandom number
 * generators*, 2021), seeded by the finalizer of MurmurHash3.
 *
 * @param seeds whole numbers; another number anywhere gives another, independent stream
 */
export function seededRandom(...seeds: readonly number[]): Random {
  let hash = 0x9e3779b9;
  for (const seed of seeds) {
    hash = mixed(hash ^ (seed | 0));
    hash = mixed((hash + 0x9e3779b9) ^ Math.floor(seed / 4294967296));
  }
  let s0 = mixed(hash + 1);
  let s1 = mixed(hash + 2);
  let s2 = mixed(hash + 3);
  let s3 = mixed(hash + 4) | 1;
  return () => {
    const sum = (s0 + s3) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + s0) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return result / 4294967296;
  };
}

function mixed(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
