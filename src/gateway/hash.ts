import { PARTS_PER_WHOLE } from '../domain/percent.js';

const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Where `key` stands on the ring of 100,000 parts.
 *
 * 32-bit FNV-1a over the UTF-16 code units, then the finalizer of MurmurHash3 (`fmix32`, Appleby 2011): FNV alone
 * leaves keys that differ in their last digit side by side.
 */
export function bucketOf(key: string): number {
  let hash = FNV_OFFSET_BASIS;
  for (let index = 0; index < key.length; index += 1) {
    const unit = key.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), FNV_PRIME);
    hash = Math.imul(hash ^ (unit >>> 8), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % PARTS_PER_WHOLE;
}
