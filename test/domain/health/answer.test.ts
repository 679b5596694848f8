import { describe, expect, test } from 'vitest';
import { faultOf, type ProbeAnswer } from '../../../src/domain/health/answer.js';
import type { HealthEndpoint } from '../../../src/domain/health/health-plan.js';

const answer = (change: Partial<ProbeAnswer> = {}): ProbeAnswer => ({
  status: 200,
  body: '{"database":{"status":"up","lag":0},"a/b":null}',
  isCut: false,
  latencyMs: 12,
  ...change,
});

const PATH = '/health';

describe('an answer', () => {
  test.each<[string, HealthEndpoint, Partial<ProbeAnswer>]>([
    ['any of 200 to 299', PATH, { status: 204, body: '' }],
    ['the status that is asked for', { path: PATH, status: 418 }, { status: 418 }],
    ['a text in its body', { path: PATH, contains: '"status":"up"' }, {}],
    ['a text at a place of its JSON', { path: PATH, json: { pointer: '/database/status', equals: 'up' } }, {}],
    ['0 at a place of its JSON', { path: PATH, json: { pointer: '/database/lag', equals: 0 } }, {}],
    ['null at a place with a slash in its name', { path: PATH, json: { pointer: '/a~1b', equals: null } }, {}],
    ['a JSON document that is one value', { path: PATH, json: { pointer: '', equals: true } }, { body: 'true' }],
    ['just as long as it may take', { path: PATH, maxLatencyMs: 12 }, {}],
  ])('is healthy with %s [M-02]', (_, endpoint, change) => {
    expect(faultOf(answer(change), endpoint)).toBeNull();
  });

  test.each<[string, HealthEndpoint, Partial<ProbeAnswer>, string]>([
    ['another status', PATH, { status: 503, body: ' away ' }, 'answered 503: away'],
    ['another status than asked for', { path: PATH, status: 204 }, { body: '' }, 'answered 200, 204 is wanted'],
    [
      'another text',
      { path: PATH, contains: 'ready' },
      { body: 'starting' },
      'answered 200 without "ready" in its body',
    ],
    [
      'another text in what was read',
      { path: PATH, contains: 'ready' },
      { isCut: true },
      'answered 200 without "ready" in what is read of its body',
    ],
    [
      'another value',
      { path: PATH, json: { pointer: '/database/status', equals: 'down' } },
      {},
      'answered 200 with "up" at /database/status, "down" is wanted',
    ],
    [
      'a number where a text is wanted',
      { path: PATH, json: { pointer: '/database/lag', equals: '0' } },
      {},
      'answered 200 with 0 at /database/lag, "0" is wanted',
    ],
    [
      'nothing at a name that every object inherits',
      { path: PATH, json: { pointer: '/constructor/name', equals: 'Object' } },
      {},
      'answered 200 with nothing at /constructor/name, "Object" is wanted',
    ],
    [
      'HTML where JSON is wanted',
      { path: PATH, json: { pointer: '/ok', equals: true } },
      { body: '<html>' },
      'answered 200 with a body that is not JSON',
    ],
    [
      'too much JSON',
      { path: PATH, json: { pointer: '/ok', equals: true } },
      { body: '{"ok":true,', isCut: true },
      'answered 200 with more JSON than is read',
    ],
    ['in too long a time', { path: PATH, maxLatencyMs: 11 }, {}, 'took 12 ms, at most 11 ms are wanted'],
  ])('is not with %s [M-02]', (_, endpoint, change, fault) => {
    expect(faultOf(answer(change), endpoint)).toBe(fault);
  });

  test('that leads elsewhere is not healthy, and what may be a secret in the address is not told', () => {
    const redirect = answer({ status: 302, location: 'https://sso.test/login?token=s3cret' });
    expect(faultOf(redirect, PATH)).toBe('answered 302: a redirect to https://sso.test/login, which is not followed');
  });

  test.each([401, 403])('of %d says that the check is faulty, not that the backend is', (status) => {
    expect(faultOf(answer({ status, body: '<html>' }), PATH)).toBe(
      `answered ${String(status)}: the check is faulty, because it has no credentials; name a path that needs none`,
    );
    expect(faultOf(answer({ status }), { path: PATH, status })).toBeNull();
  });
});
