import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEnvoyRouter, type EnvoyRouterOptions } from '../../../src/adapters/routers/envoy/router.js';
import { createHaproxyRouter, type HaproxyOptions } from '../../../src/adapters/routers/haproxy/router.js';
import { takeLock } from '../../../src/adapters/files/file-lock.js';
import { splitBetween } from '../../../src/domain/traffic/weights.js';
import type { InstanceWeights, Route, TrafficRouter } from '../../../src/ports/traffic-router.js';
import type { DataPlane } from '../../contract/support/data-plane.js';
import { eventually } from '../../contract/support/eventually.js';
import { setPatiently } from '../../contract/support/set-patiently.js';
import { describeOnEnvoy } from '../../helpers/envoy-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { startEnvoyPlane } from '../envoy/envoy-plane.js';
import { startHaproxyPlane } from '../haproxy/haproxy-plane.js';
import { HAPROXY } from '../haproxy/haproxy-server.js';

const BACKENDS = { blue: 'http://127.0.0.1:1', green: 'http://127.0.0.1:2' };
const ROLES = { baseline: 'blue', candidate: 'green' };
const WORKERS = 4;
/** Fifty in all, each with a share of its own. */
const WRITES_EACH = 13;
/** Nobody here is silent: only a machine that stands still takes so long. */
const TIMEOUT_MS = 20_000;

interface Write {
  readonly candidatePercent: number;
  readonly fence: number;
  readonly onlyIfFence?: number;
  readonly urgent?: true;
}

type Kind =
  | { readonly kind: 'envoy'; readonly options: EnvoyRouterOptions }
  | { readonly kind: 'haproxy'; readonly options: HaproxyOptions };

function filesOf({ kind, options }: Kind): readonly string[] {
  const files =
    kind === 'envoy' ? options.instances.map(({ routes }) => routes) : options.instances.map(({ mapFile }) => mapFile);
  return [...new Set(files)].filter((file) => file !== null);
}

function describeWorkers(
  hasFiles: boolean,
  start: () => Promise<{ readonly plane: DataPlane; readonly kind: Kind }>,
): void {
  let plane: DataPlane;
  let kind: Kind;
  let router: TrafficRouter;

  beforeAll(async () => {
    ({ plane, kind } = await start());
    router = kind.kind === 'envoy' ? createEnvoyRouter(kind.options) : createHaproxyRouter(kind.options);
  });

  afterAll(() => plane.stop());

  const worker = async (route: Route, writes: readonly Write[]): Promise<ChildProcess> => {
    const input = JSON.stringify({ ...kind, route, writes });
    const child = fork(fileURLToPath(new URL('./contender.mjs', import.meta.url)), [input]);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'message');
    return child;
  };

  /** All at once, each in a process of its own; with what became of every write. */
  const compete = async (writes: readonly (readonly Write[])[]): Promise<readonly string[]> => {
    const workers = await Promise.all(writes.map((own) => worker(plane.route, own)));
    const outcomes = workers.map((child) => once(child, 'message'));
    for (const child of workers) child.send('go');
    return (await Promise.all(outcomes)).flatMap(([own]) => own as string[]);
  };

  const read = (): Promise<readonly InstanceWeights[]> =>
    eventually('every instance to answer', async () => {
      const answers = await router.readWeights(plane.route);
      return answers.some((one) => 'unreachable' in one) ? undefined : answers;
    });

  const left = async (): Promise<readonly (readonly [number, number])[]> =>
    (await read()).map((one) =>
      'weights' in one
        ? ([one.weights.find(({ backend }) => backend === 'green')?.percent ?? 0, one.fence] as const)
        : [NaN, NaN],
    );

  test('of fifty writers in four processes with the same condition one wins, on every instance', async () => {
    for (let round = 0; round < 2; round += 1) {
      const borne = await setPatiently({ ...plane, router }, splitBetween(ROLES, 0));
      const fenceOf = (candidatePercent: number): number => borne + 8 * candidatePercent;
      const writes = Array.from({ length: WORKERS }, (_, process) =>
        Array.from({ length: WRITES_EACH }, (__, index): Write => {
          const candidatePercent = process * WRITES_EACH + index + 1;
          return { candidatePercent, fence: fenceOf(candidatePercent), onlyIfFence: borne };
        }),
      );
      const outcomes = await compete(writes);
      const instances = await left();
      for (const [candidatePercent, fence] of instances) {
        expect(candidatePercent).toBeGreaterThan(0);
        expect(fence).toBe(fenceOf(candidatePercent));
      }
      const winners = new Set(instances.map(([candidatePercent]) => candidatePercent));
      const done = outcomes.flatMap((outcome, index) => (outcome === 'done' ? [index + 1] : []));
      expect(done).toEqual(winners.size === 1 ? [...winners] : []);
    }
  });

  // It is frozen while it waits for the lock of the file.
  test.runIf(hasFiles)(
    'a worker that was frozen when its turn came changes nothing when it wakes after an undo',
    async () => {
      const files = filesOf(kind);
      const borne = await setPatiently({ ...plane, router }, splitBetween(ROLES, 5));
      const locks = await Promise.all(files.map((file) => takeLock(`${file}.lock`)));
      const frozen = await worker(plane.route, [{ candidatePercent: 50, fence: borne + 8, onlyIfFence: borne }]);
      const told = once(frozen, 'message');
      frozen.send('go');
      frozen.kill('SIGSTOP');
      for (const lock of locks) lock.release();
      const undo = await setPatiently({ ...plane, router }, splitBetween(ROLES, 0));
      frozen.kill('SIGCONT');
      expect(String(await told)).toMatch(/^StaleFenceError: .*outdated/);
      expect(await left()).toEqual(plane.instances.map(() => [0, undo]));
    },
  );

  test('whatever was decided before an undo never comes back over it, from however many processes', async () => {
    for (let round = 0; round < 2; round += 1) {
      const borne = await setPatiently({ ...plane, router }, splitBetween(ROLES, 5));
      const forward = (worth: number): Write => ({ candidatePercent: 10 + worth, fence: borne + 8 * worth });
      const undo: Write = { candidatePercent: 0, fence: borne + 8 * 50, urgent: true };
      const outcomes = await compete([
        Array.from({ length: 12 }, (_, index) => forward(index + 1)),
        Array.from({ length: 12 }, (_, index): Write => ({ ...forward(20 + index), onlyIfFence: borne })),
        [undo],
        Array.from({ length: 12 }, (_, index): Write => ({
          ...forward(35 + index),
          onlyIfFence: borne + 8 * (index + 1),
        })),
      ]);
      expect(outcomes[24]).toBe('done');
      expect(await left()).toEqual(plane.instances.map(() => [0, undo.fence]));
    }
  });
}

describeOn(HAPROXY, 'several workers on two HAProxies', (executable) => {
  describe.each(['a file each', 'no file'])('with %s', (files) => {
    describeWorkers(files === 'a file each', async () => {
      const plane = await startHaproxyPlane(executable, { backends: BACKENDS, instances: 2 });
      const instances = plane.haproxies.map(({ socket, mapFile }) => ({
        socket,
        mapFile: files === 'no file' ? null : mapFile,
      }));
      return { plane, kind: { kind: 'haproxy', options: { map: 'share.map', instances, timeoutMs: TIMEOUT_MS } } };
    });
  });
});

await describeOnEnvoy('several workers on two Envoys', (executable) => {
  describe.each(['shared', 'one each'] as const)('with files: %s', (files) => {
    describeWorkers(true, async () => {
      const setup = { backends: BACKENDS, instances: 2 };
      const plane = await startEnvoyPlane(setup, { executable, sticky: { header: 'x-user' }, files });
      const instances = plane.adminUrls.map((admin, index) => ({ admin, routes: plane.routeFiles[index] ?? '' }));
      return { plane, kind: { kind: 'envoy', options: { instances, timeoutMs: TIMEOUT_MS } } };
    });
  });
});
