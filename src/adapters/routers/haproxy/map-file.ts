import { constants } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NO_FENCE } from '../../../domain/traffic/fence.js';
import { fenceKeyOf, readFence } from './fence-entry.js';
import type { Order } from './entry-state.js';
import { readSplit, writeSplit, type Split } from './split.js';

/** One entry of a map file: `  key   value`. What begins with `#` is a comment. */
const ENTRY = /^(?<before>\s*(?<key>\S+)\s+)(?<value>\S.*?)(?<after>\s*)$/;

/** What a map file says of a service. */
export interface FileEntry {
  /** `null` without a line for it. */
  readonly value: string | null;
  /** `null` for what is no split. */
  readonly split: Split | null;
  readonly fence: number;
  readonly hasFence: boolean;
}

export function entryIn(text: string, key: string): FileEntry {
  const [value, fence] = [key, fenceKeyOf(key)].map((name) => valueOf(text, name));
  return {
    value: value ?? null,
    split: readSplit(value ?? ''),
    fence: readFence(fence ?? null).fence,
    hasFence: fence !== undefined,
  };
}

/**
 * `text` with a split under a fence; every other line, and the form of its own, stays. The fence gets a line of its own
 * under the first one of the service. `null` without a line for the service.
 */
export function withEntry(text: string, key: string, split: Split, fence: number): string | null {
  const replaced = withValue(text, key, writeSplit(split));
  if (replaced === null) return null;
  return withValue(replaced, fenceKeyOf(key), String(fence)) ?? withFenceLine(replaced, key, fence);
}

/** The text with what an order says. */
export function withOrder(text: string, { key, split, fence }: Order): string {
  return withEntry(text, key, split, fence) ?? text;
}

/** Whether the file says already what all orders say. */
export async function isKept(path: string, orders: readonly Order[]): Promise<boolean> {
  const text = await readFile(path, 'utf8');
  return orders.every((order) => withOrder(text, order) === text && entryIn(text, order.key).value !== null);
}

/**
 * Why the service has no line here that is ours to change; `null` when it has one.
 *
 * A key that is not there is not added: a file without it is not the file that this HAProxy reads. What is no split, and
 * was none of ours, is not overwritten.
 */
export function whyNotOurs(path: string, text: string, key: string): Error | null {
  const { value, split, hasFence } = entryIn(text, key);
  if (value === null) return new Error(`${path} has no line for ${key}: is it the file that this HAProxy reads?`);
  if (split !== null || hasFence) return null;
  return new Error(`the line for ${key} in ${path} is no split: ${JSON.stringify(value)}`);
}

/** A file as it concerns a service. */
export interface FileLook {
  /** Why the entry could not be written if it had to be; `null` when it could. */
  readonly whyNotWritable: string | null;
  readonly fence: number;
}

/** Writes nothing. */
export async function lookAtFile(path: string, key: string): Promise<FileLook> {
  let fence = NO_FENCE;
  try {
    const file = await realpath(path);
    const text = await readFile(file, 'utf8');
    fence = entryIn(text, key).fence;
    const trouble = whyNotOurs(path, text, key);
    if (trouble !== null) return { whyNotWritable: trouble.message, fence };
    // A new file takes its place, so the folder is what must be writable.
    await access(dirname(file), constants.W_OK);
    return { whyNotWritable: null, fence };
  } catch (error) {
    return { whyNotWritable: error instanceof Error ? error.message : String(error), fence };
  }
}

function valueOf(text: string, key: string): string | undefined {
  for (const line of text.split('\n')) {
    const { key: name, value } = ENTRY.exec(line)?.groups ?? {};
    if (name === key) return value;
  }
  return undefined;
}

function withValue(text: string, key: string, value: string): string | null {
  const edited = text.split('\n').map((line) => {
    const { key: name, before = '', after = '' } = ENTRY.exec(line)?.groups ?? {};
    return name === key ? { line: `${before}${value}${after}`, isEntry: true } : { line, isEntry: false };
  });
  return edited.some(({ isEntry }) => isEntry) ? edited.map(({ line }) => line).join('\n') : null;
}

/** In the form of the line above it. */
function withFenceLine(text: string, key: string, fence: number): string {
  const lines = text.split('\n');
  const index = lines.findIndex((line) => ENTRY.exec(line)?.groups?.['key'] === key);
  const { before = '', after = '' } = ENTRY.exec(lines[index] ?? '')?.groups ?? {};
  const form = before.replace(key, fenceKeyOf(key));
  lines.splice(index + 1, 0, `${form}${String(fence)}${after.endsWith('\r') ? '\r' : ''}`);
  return lines.join('\n');
}
