import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromParts, PARTS_PER_WHOLE } from '../../src/domain/percent.js';
import { splitBetween } from '../../src/domain/traffic/weights.js';
import { parseRoute } from '../../src/gateway/options.js';
import { Route } from '../../src/gateway/route.js';

const ROLES = { baseline: 'blue', candidate: 'green' };
const COUNTERS = { grainMs: 1000, retentionMs: 60_000, sinceMs: 0 };

function newRoute(name = 'shop', predecessor?: Route, extra: object = {}): Route {
  const backends = { blue: { url: 'http://127.0.0.1:9001' }, green: { url: 'http://127.0.0.1:9002' } };
  return new Route(parseRoute({ name, backends, ...extra }), COUNTERS, predecessor);
}

const parts = fc.integer({ min: 0, max: PARTS_PER_WHOLE });

describe('a route', () => {
  test('raising a share never moves anybody off the candidate, lowering it never onto it', () => {
    const route = newRoute();
    fc.assert(
      fc.property(fc.string(), parts, parts, (user, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        route.setWeights(splitBetween(ROLES, fromParts(low)));
        const before = route.choose(user).name;
        route.setWeights(splitBetween(ROLES, fromParts(high)));
        const after = route.choose(user).name;
        expect(before === 'green' && after === 'blue').toBe(false);
      }),
    );
  });

  test.each([0, 100])('at %d % everybody is on one side, strangers too', (percent) => {
    const route = newRoute();
    route.setWeights(splitBetween(ROLES, percent));
    const side = percent === 0 ? 'blue' : 'green';
    fc.assert(
      fc.property(fc.option(fc.string()), (user) => {
        expect(route.choose(user).name).toBe(side);
      }),
    );
  });

  test('one part in 100,000 is somebody', () => {
    const route = newRoute();
    route.setWeights(splitBetween(ROLES, 0.001));
    const users = Array.from({ length: 400_000 }, (_, index) => `user-${String(index)}`);
    const chosen = users.filter((user) => route.choose(user).name === 'green').length;
    expect(chosen).toBeGreaterThan(0);
    expect(chosen).toBeLessThan(20);
  });

  test('everybody can be sent back from a backend that was taken away, and nobody to it [W6] [C-11]', () => {
    const without = newRoute('shop', undefined, { backends: { blue: { url: 'http://127.0.0.1:9001' } } });
    without.write(splitBetween(ROLES, 0), { fence: 41 });
    expect([without.weights, without.fence]).toEqual([[{ backend: 'blue', percent: 100 }], 41]);
    expect(() => without.setWeights(splitBetween(ROLES, 5))).toThrow('has no backend green');
  });

  test('a backend that nobody is sent to can be renamed: weights and fence stay [W3]', () => {
    const before = newRoute();
    before.write(splitBetween(ROLES, 100), { fence: 41 });
    const backends = { azure: { url: 'http://127.0.0.1:9003' }, green: { url: 'http://127.0.0.1:9002' } };
    const after = newRoute('shop', before, { backends });
    expect([after.weights, after.fence]).toEqual([[{ backend: 'green', percent: 100 }], 41]);
  });

  test('the first in line for one service are not the first for another', () => {
    const routes = [newRoute('shop'), newRoute('search')];
    for (const route of routes) route.setWeights(splitBetween(ROLES, 10));
    const users = Array.from({ length: 20_000 }, (_, index) => `user-${String(index)}`);
    const both = users.filter((user) => routes.every((route) => route.choose(user).name === 'green')).length;
    expect(Math.abs(both - 200)).toBeLessThan(4 * Math.sqrt(200));
  });

  test('begins with everything on its first backend, or as it is told', () => {
    expect(newRoute().weights).toEqual([{ backend: 'blue', percent: 100 }]);
    const initialWeights = [
      { backend: 'green', percent: 30 },
      { backend: 'blue', percent: 70 },
    ];
    expect(newRoute('shop', undefined, { initialWeights }).weights).toEqual(initialWeights);
  });

  test('takes the place of another without moving traffic or forgetting counts', () => {
    const before = newRoute();
    before.setWeights(splitBetween(ROLES, 25));
    const after = newRoute('shop', before, { initialWeights: [{ backend: 'green', percent: 100 }] });
    expect(after.weights).toEqual(before.weights);
    expect(after.backend('green')?.counters).toBe(before.backend('green')?.counters);
  });

  test('refuses a backend that it does not have and stays as it was', () => {
    const route = newRoute();
    expect(() => route.setWeights([{ backend: 'purple', percent: 100 }])).toThrow(/no backend purple/);
    expect(route.weights).toEqual([{ backend: 'blue', percent: 100 }]);
  });
});
