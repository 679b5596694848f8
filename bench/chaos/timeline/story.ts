import { clockOf, runsOf } from './ask.js';
import type { Span } from './facts.js';
import { lengthOf } from './spans.js';
import type { Timeline } from './timeline.js';

/** Shorter ones tell nothing, and there are many on a busy machine. */
const LONG_STALL_MS = 1000;

interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** What was done to a service, and to everything that it depends on, in a span: a line each, in the order of time. */
export function storyOf(timeline: Timeline, service: string, span: Span): readonly string[] {
  const lines: Line[] = [
    ...sharesIn(timeline, service),
    ...startsIn(timeline, service),
    ...commandsIn(timeline, service),
    ...endsIn(timeline, service),
    ...looksIn(timeline, service),
    ...worldIn(timeline, service),
  ];
  return lines
    .filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => `${clockOf(timeline, atMs).padStart(9)}  ${text}`);
}

function sharesIn(timeline: Timeline, service: string): readonly Line[] {
  return runsOf(timeline, service).map(({ fromMs, greenPercent }) => ({
    atMs: fromMs,
    text: `data plane: green ${String(greenPercent)} %`,
  }));
}

function startsIn(timeline: Timeline, service: string): readonly Line[] {
  const own = timeline.starts.filter((start) => start.service === service);
  return own.flatMap(({ askedMs, answeredMs, via, result, firstRunId, said, plan, adopt, textBytes }) => {
    const stages = plan?.stages.map(({ percent, durationMs }) => `${String(percent)} % for ${String(durationMs)} ms`);
    const of = stages === undefined ? '' : ` of ${stages.join(', ')}`;
    const adopting = adopt === null ? '' : `, adopting ${adopt}`;
    return [
      {
        atMs: askedMs,
        text: `start by ${via}${of}${adopting}, with texts of ${String(textBytes)} bytes, is asked for`,
      },
      {
        atMs: answeredMs,
        text: `start by ${via}, asked for at ${clockOf(timeline, askedMs)}: ${result} ${firstRunId ?? ''} ${said}`,
      },
    ];
  });
}

function commandsIn({ commands, words, moves }: Timeline, service: string): readonly Line[] {
  return [
    ...commands
      .filter((command) => command.service === service)
      .map(({ askedMs, answeredMs, what, names, stage, fields, textBytes, result, said }) => ({
        atMs: askedMs,
        text: `${what} ${JSON.stringify(fields)} with texts of ${String(textBytes)} bytes, naming rollout: ${names}, stage: ${stage}: ${result} ${said} (answered after ${String(answeredMs - askedMs)} ms)`,
      })),
    ...words
      .filter((word) => word.service === service)
      .map(({ atMs, command, exitCode }) => ({ atMs, text: `"${command}" ends with exit code ${String(exitCode)}` })),
    ...moves
      .filter((move) => move.service === service)
      .map(({ fromMs, by, greenPercent }) => ({
        atMs: fromMs,
        text: `moved by ${by}: green ${String(greenPercent)} %`,
      })),
  ];
}

function endsIn({ rollouts }: Timeline, service: string): readonly Line[] {
  return rollouts
    .filter((rollout) => rollout.service === service)
    .flatMap(({ firstRunId, startedMs, closed }) => [
      { atMs: startedMs, text: `workflow ${firstRunId} starts` },
      ...(closed === null
        ? []
        : [
            {
              atMs: closed.atMs,
              text: `workflow ${firstRunId} closes: ${closed.status} ${closed.outcome ?? ''} (${closed.reason})`,
            },
          ]),
    ]);
}

/** Only where something has changed since the look before. */
function looksIn({ looks }: Timeline, service: string): readonly Line[] {
  const own = looks.filter((look) => look.service === service);
  return own.flatMap((look, index) => {
    const text = `describe: ${look.phase}, stage ${String(look.stage)}, guarded by ${String(look.guardPid)}${look.taskAttempt > 1 ? `, workflow task attempt ${String(look.taskAttempt)}` : ''}${look.needsHuman ? `, needs a person: ${look.reason ?? '?'}` : ''}`;
    const before = own[index - 1];
    const isNews =
      before === undefined ||
      before.firstRunId !== look.firstRunId ||
      before.phase !== look.phase ||
      before.stage !== look.stage ||
      before.guardPid !== look.guardPid ||
      before.needsHuman !== look.needsHuman ||
      before.reason !== look.reason ||
      before.taskAttempt !== look.taskAttempt;
    return isNews ? [{ atMs: look.atMs, text }] : [];
  });
}

function worldIn({ faults, behaviours, stalls }: Timeline, service: string): readonly Line[] {
  return [
    ...faults.map(({ fault: { do: what, ...rest }, fromMs, toMs, pid }) => ({
      atMs: fromMs,
      text: `FAULT ${what} ${JSON.stringify(rest)}${pid === undefined ? '' : ` process ${String(pid)}`}, for ${String(toMs - fromMs)} ms`,
    })),
    ...behaviours
      .filter((one) => one.service === service)
      .map(({ slot, how, fromMs, toMs }) => ({
        atMs: fromMs,
        text: `${slot} is ${JSON.stringify(how)}, for ${String(toMs - fromMs)} ms`,
      })),
    ...stalls
      .filter((stall) => lengthOf(stall) > LONG_STALL_MS)
      .map(({ fromMs, toMs }) => ({
        atMs: fromMs,
        text: `the machine stood still for ${String(toMs - fromMs)} ms`,
      })),
  ];
}
