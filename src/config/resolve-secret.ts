import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSecretRef, SecretUnavailableError, type SecretRef } from '../spec/secret.js';

/**
 * The secret that `ref` names. Asked for where it is used, and kept nowhere else.
 *
 * @param folder what a relative `file:` is relative to
 * @throws SecretUnavailableError when the variable is not set, or the file is empty or cannot be read.
 */
export function resolveSecret(ref: SecretRef, env: NodeJS.ProcessEnv, folder: string): string {
  return ref.startsWith('env:') ? fromEnvironment(ref, env) : fromFile(ref, folder);
}

/** Resolves references one by one, when each is used: a secret that was renewed counts from then on. */
export function secretReader(env: NodeJS.ProcessEnv, folder: string): (ref: string) => string {
  return (ref) => {
    // The configuration lets references through only; what is none is not shown.
    if (!isSecretRef(ref)) throw new TypeError('this is not a reference to a secret');
    return resolveSecret(ref, env, folder);
  };
}

function fromEnvironment(ref: SecretRef, env: NodeJS.ProcessEnv): string {
  const name = ref.slice('env:'.length);
  const value = env[name];
  if (value === undefined || value === '')
    throw new SecretUnavailableError(ref, `an environment variable ${name} that is not empty`);
  return value;
}

function fromFile(ref: SecretRef, folder: string): string {
  const path = resolve(folder, ref.slice('file:'.length));
  const expected = `a file ${path} that is not empty`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SecretUnavailableError(ref, expected, error);
  }
  // Editors end files with a newline; no secret does.
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new SecretUnavailableError(ref, expected);
  return secret;
}
