import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveSecret } from '../../src/config/resolve-secret.js';
import { isInlineSecret, isSecretRef, readSecretRef, SecretUnavailableError } from '../../src/spec/secret.js';
import { folderWith } from './support.js';

test('a secret is read from where its reference points [S-02]', () => {
  const folder = folderWith({ token: 's3cret\n', other: ' spaced \r\n' });

  expect(resolveSecret('env:TOKEN', { TOKEN: 'from-env' }, folder)).toBe('from-env');
  expect(resolveSecret('file:token', {}, folder)).toBe('s3cret');
  expect(resolveSecret(`file:${join(folder, 'other')}`, {}, '/')).toBe(' spaced ');
});

test('a secret that cannot be had is an error that names the reference and what to do [S-02] [U-04]', () => {
  const folder = folderWith({ empty: '\n' });

  for (const ref of ['env:TOKEN', 'file:missing', 'file:empty'] as const) {
    expect(() => resolveSecret(ref, { TOKEN: '' }, folder)).toThrow(SecretUnavailableError);
    expect(() => resolveSecret(ref, {}, folder)).toThrow(ref);
  }
});

test('only references are references [S-02]', () => {
  expect(['env:TOKEN', 'file:./a b', 'file:/etc/x'].every(isSecretRef)).toBe(true);
  expect(['env:', 'env:A B', 'file:', 'TOKEN', '', 7, null].some(isSecretRef)).toBe(false);
  expect(readSecretRef('hunter2')).toMatchObject({ refused: { rule: 'secrets.inline' } });
});

test.each([
  ['password', 'x'],
  ['apiKey', 'x'],
  ['api_key', 'x'],
  ['AUTH-TOKEN', 'x'],
  ['clientSecret', 'x'],
  ['query', 'https://me:pw@prometheus.example.com'],
  ['note', '-----BEGIN RSA PRIVATE KEY-----'],
  ['header', 'Bearer abcdefghijklmnopqrst'],
  ['x', 'ghp_abcdefghijkl'],
  ['x', 'AKIAABCDEFGHIJKLMNOP'],
])('%s: %s looks like a secret [S-02]', (key, value) => {
  expect(isInlineSecret(key, value)).toBe(true);
});

test.each([
  ['token', 'env:TOKEN'],
  ['password', ''],
  ['query', 'sum(rate(http_requests_total{code=~"5.."}[1m])) by (token)'],
  ['query', 'auth_tokens_issued_total{kind="basic"}'],
  ['url', 'http://127.0.0.1:8081/path@2'],
  ['runbook', 'https://wiki.example.com/a:b@c'],
  ['monkey', 'x'],
  ['tokenize', 'x'],
])('%s: %s looks like no secret [S-02]', (key, value) => {
  expect(isInlineSecret(key, value)).toBe(false);
});
