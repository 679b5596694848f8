import { performance } from 'node:perf_hooks';

/** Something that a person can put right. */
export class SetupError extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} remedy what to do about it
   */
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * One line about what goes on, on standard error: standard output belongs to the program that follows.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`setup ${seconds(performance.now()).padStart(7)}  ${line}\n`);
}

/**
 * Says that a step begins and how long it took.
 *
 * @template Result
 * @param {string} what
 * @param {() => Promise<Result>} step
 * @returns {Promise<Result>}
 */
export async function progress(what, step) {
  say(`${what} …`);
  const startedAtMs = performance.now();
  const result = await step();
  say(`${what}: done in ${seconds(performance.now() - startedAtMs)}`);
  return result;
}

/**
 * Ends with what went wrong and what to do. An error nobody has foreseen keeps its stack.
 *
 * @param {unknown} error
 */
export function fail(error) {
  const { message, stack, remedy } = /** @type {Error & { remedy?: string }} */ (error);
  process.stderr.write(`\nsetup failed: ${remedy === undefined ? stack : `${message}\n${remedy}`}\n`);
  process.exitCode = 1;
}
