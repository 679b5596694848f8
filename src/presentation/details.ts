import { formatPercent } from '../domain/percent.js';
import type { RolloutStatus } from '../domain/staged-traffic/status.js';
import { afterDeadline } from './next.js';

/** Where a rollout stands and which signals it takes now: what a person reads in the Temporal UI. Markdown. */
export function detailsOf(status: RolloutStatus): string {
  const stage =
    status.currentStage === 0
      ? 'before the first stage'
      : `stage ${String(status.currentStage)} of ${String(status.stageCount)}`;
  const lines = [
    `**${status.service}** ${status.version ?? ''} is **${status.phase}**, ${stage}, ${formatPercent(status.trafficPercentage)} on ${status.roles?.candidate ?? 'the candidate'}.`,
    '',
    `${status.needsHuman === null ? '' : '**A person is needed.** '}${capitalised(status.needsHuman ?? status.reason)}.`,
    ...(status.stageEndsAt === null ? [] : ['', `The stage ends at ${status.stageEndsAt}.`]),
    ...(status.resumesAt === null ? [] : ['', `The pause ends by itself at ${status.resumesAt}.`]),
    ...(status.deadline?.at == null
      ? []
      : ['', `Without an answer by ${status.deadline.at}: ${afterDeadline(status.deadline)}.`]),
    '',
    ...(status.takes.length === 0
      ? []
      : [
          `Signals it takes now: ${status.takes.map((verb) => `\`${verb}\``).join(', ')}, with \`{"reason":"…","by":"…"}\`.`,
          '',
        ]),
    ...status.history
      .slice(-8)
      .map((event) => `- ${event.at} ${event.what}${event.by === undefined ? '' : ` (${event.by})`}`),
  ];
  return lines.join('\n');
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
