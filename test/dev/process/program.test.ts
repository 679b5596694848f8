import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { startProgram, type Program } from '../../../src/dev/process/program.js';
import { startReaper } from '../../../src/dev/process/reaper.js';
import { until } from '../../helpers/until.js';

/** Starts a helper under the eyes of a reaper, says who it is, and waits for its own end. As it was built. */
const PARENT = `
  import { spawn } from 'node:child_process';
  import { startReaper } from '${new URL('../../../dist/dev/process/reaper.js', import.meta.url).href}';
  const helper = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  startReaper().watch(helper.pid);
  console.log(helper.pid);
  setInterval(() => {}, 1000);
`;

const reaper = startReaper();
afterAll(() => reaper.close());

function startNode(script: string): Promise<Program> {
  return startProgram({ name: 'the helper', command: process.execPath, args: ['--eval', script], reaper });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a program is asked to end and ends', async () => {
  const program = await startNode(
    `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up');`,
  );
  await until('it is up', () => program.lastOutput().includes('up'));
  await program.stop();
  expect(await program.ended).toBe('exit code 7');
});

test('a program that does not want to end is ended', async () => {
  const program = await startNode(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');`);
  await until('it is up', () => program.lastOutput().includes('up'));
  await program.stop(100);
  expect(await program.ended).toBe('signal SIGKILL');
});

test('a program that ends by itself is reported with what it wrote last', async () => {
  const program = await startNode(`console.error('port 7233 is taken'); process.exit(1);`);
  await program.ended;
  expect(() => program.assertRunning()).toThrow(/the helper ended by itself: exit code 1\nport 7233 is taken/);
});

test('a program that does not exist is reported by its name', async () => {
  const starting = startProgram({ name: 'the Temporal server', command: '/nowhere/temporal', args: [], reaper });
  await expect(starting).rejects.toThrow(/the Temporal server ended by itself: .*ENOENT/);
});

test('what we have started ends with us, even when we are killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const helper = Number(String(said).trim());
  expect(isAlive(helper)).toBe(true);
  parent.kill('SIGKILL');
  await until('the helper has ended', () => !isAlive(helper));
});
