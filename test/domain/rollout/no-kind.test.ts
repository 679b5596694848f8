import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { beginLife } from '../../../src/domain/rollout/life.js';

const FOLDER = new URL('../../../src/domain/rollout/', import.meta.url);

test('what every rollout remembers is at most twelve fields, and each is always there', () => {
  const life = { step: 'begun', ...beginLife({ id: 'checkout@1', atMs: 0 }, { what: 'Started' }) };
  expect(Object.keys(life).length).toBeLessThanOrEqual(12);
  expect(Object.values(life)).not.toContain(undefined);
});

test('no field of a stage, a share or a role occurs in what every rollout is', () => {
  const field = /^\s*(?:readonly )?\w*(?:stage|share|traffic|candidate|baseline|roles?|weights)\w*\??:/gim;
  const found = readdirSync(FOLDER).flatMap((file) =>
    [...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(field)].map(([line]) => `${file}:${line}`),
  );
  expect(found).toEqual([]);
});
