import { spawn } from 'node:child_process';
import { SetupError } from './progress.mjs';

/**
 * Runs a program to its end; what it says goes to standard error.
 *
 * @param {readonly string[]} command
 * @param {{ cwd: string, remedy: string }} options
 * @returns {Promise<void>}
 */
export function run([command = '', ...args], { cwd, remedy }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2] });
    const what = [command, ...args].join(' ');
    child.once('error', (error) => reject(new SetupError(`${what}: ${error.message}`, remedy)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new SetupError(`${what} ended with ${signal ?? code}`, remedy));
    });
  });
}

/** The npm that has started us, so that it is the same one inside and outside. */
export const NPM = process.env['npm_execpath']?.endsWith('.js')
  ? [process.execPath, process.env['npm_execpath']]
  : ['npm'];
