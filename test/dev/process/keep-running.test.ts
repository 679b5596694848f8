import { expect, test } from 'vitest';
import { keepRunning, type Keepable } from '../../../src/dev/process/keep-running.js';
import { until } from '../../helpers/until.js';

/** A program that ends when the test says so. */
interface Puppet extends Keepable {
  end(how: string): void;
  wasStopped: boolean;
}

function puppet(pid: number): Puppet {
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  return {
    pid,
    ended,
    end,
    wasStopped: false,
    stop() {
      this.wasStopped = true;
      end('stopped');
      return Promise.resolve();
    },
  };
}

/** Programs 1, 2, 3 … in the order in which they are started; `start` may fail first. */
function family(start: (time: number) => Promise<void> = () => Promise.resolve()) {
  const started = [puppet(1)];
  const said: string[] = [];
  let times = 0;
  const [first] = started as [Puppet];
  const kept = keepRunning({
    first,
    mostFailures: 3,
    startAgain: async () => {
      times += 1;
      await start(times);
      const next = puppet(started.length + 1);
      started.push(next);
      return next;
    },
    onEnd: (how) => said.push(`ended: ${how}`),
    onRestart: (how, { pid }) => said.push(`restarted as ${String(pid)} after ${how}`),
    onFailure: (error, nextInMs) => said.push(`${String(error)}, ${nextInMs === null ? 'given up' : 'again'}`),
  });
  return { kept, started, said };
}

test('what ends by itself is started again, as often as it does', async () => {
  const { kept, started, said } = family();
  for (const pid of [2, 3]) {
    started.at(-1)?.end('signal SIGKILL');
    await until('another one runs', () => kept.current().pid === pid);
  }
  expect(said).toEqual([
    'ended: signal SIGKILL',
    'restarted as 2 after signal SIGKILL',
    'ended: signal SIGKILL',
    'restarted as 3 after signal SIGKILL',
  ]);
  await kept.stop();
  expect(started.map(({ wasStopped }) => wasStopped)).toEqual([false, false, true]);
});

test('a start that fails is tried again, and what has started counts as new', async () => {
  const { kept, started, said } = family((time) =>
    time % 2 === 1 ? Promise.reject(new Error('no disk')) : Promise.resolve(),
  );
  for (const pid of [2, 3]) {
    started.at(-1)?.end('exit code 1');
    await until('another one runs', () => kept.current().pid === pid);
  }
  expect(said.filter((line) => line.includes('no disk'))).toEqual(['Error: no disk, again', 'Error: no disk, again']);
  await kept.stop();
});

test('after so many failures in a row it is given up, with the last reason', async () => {
  const { kept, started, said } = family((time) => Promise.reject(new Error(`no port ${String(time)}`)));
  started[0]?.end('exit code 1');
  expect(await kept.givenUp).toEqual(new Error('no port 3'));
  expect(said.at(-1)).toBe('Error: no port 3, given up');
  await kept.stop();
  expect(started).toHaveLength(1);
});

test('one that is just being started when all is stopped is stopped as well', async () => {
  let letGo = (): void => undefined;
  const isStarting = { value: false };
  const { kept, started } = family(async () => {
    isStarting.value = true;
    await new Promise<void>((resolve) => (letGo = resolve));
  });
  started[0]?.end('signal SIGKILL');
  await until('another one is being started', () => isStarting.value);
  const stopping = kept.stop();
  letGo();
  await stopping;
  expect(started.map(({ wasStopped }) => wasStopped)).toEqual([false, true]);
});

test('one that is left runs on, and is not started again', async () => {
  const { kept, started, said } = family();
  await kept.leave();
  started[0]?.end('signal SIGKILL');
  expect(started.map(({ wasStopped }) => wasStopped)).toEqual([false]);
  expect(said).toEqual([]);
});
