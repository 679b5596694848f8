import { HeadgateError } from '../../../src/domain/errors.js';
import type { CommandAction } from '../schedule/schedule.js';
import { textOf } from '../schedule/texts.js';
import { runCommand } from '../world/command-line.js';
import type { ChaosWorld } from '../world/world.js';
import { referenceOf } from './naming.js';
import type { Recorder } from './recorder.js';
import type { ServiceMemory } from './services.js';

const WAIT_SECONDS = 60;
const TIMEOUT_MS = (WAIT_SECONDS + 15) * 1000;

/** What a system passes to a program at most, and what it can pass at all. */
const LONGEST_ARGUMENT = 100_000;

/** Exit codes that mean that the stop was asked for: done, failing, and not done in time. */
const ASKED: readonly (number | null)[] = [0, 14, 124];

/** Stops a rollout and waits until all its traffic is back; what it says then is kept. @throws HeadgateError where refused */
export async function byCommandLine(
  world: ChaosWorld,
  recorder: Recorder,
  memory: ServiceMemory,
  { service, verb, names, reason, by }: CommandAction,
): Promise<string> {
  const { baseline, current } = memory;
  const command = verb === 'emergencyStop' ? 'emergency-stop' : 'abort';
  const { exitCode, stderr } = await runCommand({
    words: [
      ...[command, referenceOf(service, names, memory), '--wait', '--timeout', `${String(WAIT_SECONDS)}s`],
      ...['--reason', argument(textOf(reason)), '--by', argument(textOf(by))],
    ],
    folder: world.personFolder,
    temporalPort: world.temporal.port,
    reaper: world.reaper,
    timeoutMs: TIMEOUT_MS,
  });
  const isBack = exitCode === 0 && memory.current === current;
  const greenPercent = isBack ? (baseline === 'green' ? 100 : 0) : null;
  recorder.words.push({
    service,
    atMs: Date.now(),
    command: 'abort --wait',
    firstRunId: current,
    exitCode,
    greenPercent,
  });
  const said = `exit ${String(exitCode)} ${stderr.split('\n').slice(-3).join(' ')}`;
  if (!ASKED.includes(exitCode)) throw new HeadgateError('REFUSED', said);
  return said;
}

function argument(text: string): string {
  return text.slice(0, LONGEST_ARGUMENT).replaceAll('\u0000', '');
}
