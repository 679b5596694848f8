import type { Roles } from '../weights.js';
import type { Recalled } from './past-rollouts.js';
import type { SlotVersion } from './serves.js';
import type { UndoWish } from './undo-wish.js';
import { differInSpelling, type Reported } from './versions.js';

export interface UndoQuestion {
  readonly wish: UndoWish;
  /** The two backends of the service. */
  readonly slots: readonly string[];
  /** The backend that has everything; `null` where traffic is split. */
  readonly serving: string | null;
  readonly reported: Readonly<Record<string, Reported>>;
  readonly recalled: Recalled;
}

export type UndoAnswer =
  /** All traffic is where it shall be. */
  | { readonly kind: 'nothing'; readonly slot: string; readonly reason: string }
  | {
      readonly kind: 'goes';
      /** The candidate is what shall serve again. */
      readonly roles: Roles;
      /** What it held when it served; `null` where that is not known. */
      readonly version: string | null;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'refused'; readonly message: string; readonly expected: string; readonly remedy: string };

/** To which backend an undo goes back, and whether what served there is still there. */
export function answerUndo(question: UndoQuestion): UndoAnswer {
  const { wish, slots, serving, recalled } = question;
  const { record, brokenOff } = recalled;
  if (wish.to !== undefined && !slots.includes(wish.to))
    return refuse(`there is no backend "${wish.to}"`, slots.join(' or '), 'Name one of the two backends');
  if (wish.to === undefined && record !== null && record.before === null) return nothingToUndo(record);
  const to = wish.to ?? record?.before?.slot ?? brokenOff?.slot;
  if (to === undefined || !slots.includes(to)) return unknownTarget(slots, serving);
  if (to === serving) return { kind: 'nothing', slot: to, reason: `nothing to undo: ${to} serves everybody already` };
  if (record !== null && record.before?.slot !== to)
    return refuse(
      `${to} did not serve before ${named(record)}, as far as is known`,
      'a backend that served everybody before',
      `Roll out what it holds: headgate start`,
    );
  return goesBackTo(to, question);
}

function goesBackTo(to: string, { slots, recalled, reported }: UndoQuestion): UndoAnswer {
  const { record, brokenOff } = recalled;
  const version = (record === null ? (brokenOff?.slot === to ? brokenOff : null) : record.before)?.version ?? null;
  const held = Object.hasOwn(reported, to) ? reported[to] : undefined;
  const roles = { candidate: to, baseline: slots.find((slot) => slot !== to) ?? to };
  if (held !== undefined && 'version' in held) {
    if (version === held.version) return { kind: 'goes', roles, version, warnings: [] };
    if (version === null)
      return {
        kind: 'goes',
        roles,
        version: held.version,
        warnings: [`what ${to} held when it served is not known; it reports ${held.version}`],
      };
    if (!differInSpelling(version, held.version)) return holdsAnother(to, held.version, version);
    return {
      kind: 'goes',
      roles,
      version,
      warnings: [`${to} reports ${held.version}, taken for ${version} in another spelling`],
    };
  }
  const idle = record?.idle ?? null;
  if (idle !== null && idle !== version) return holdsAnother(to, idle, version);
  const why = held === undefined ? '' : `: ${held.unknown}`;
  const what =
    version === null
      ? `what ${to} holds is not known${why}`
      : `whether ${to} still holds ${version} is not known${why}`;
  return { kind: 'goes', roles, version, warnings: [what] };
}

function nothingToUndo(record: SlotVersion): UndoAnswer {
  return {
    kind: 'nothing',
    slot: record.slot,
    reason: `nothing to undo: ${named(record)} serves everybody, as before the last rollout`,
  };
}

function unknownTarget(slots: readonly string[], serving: string | null): UndoAnswer {
  const others = slots.filter((slot) => slot !== serving);
  return refuse(
    'what served before is not known: somebody has moved traffic since the last rollout, or there was none',
    'the backend that shall serve',
    `Name it: ${others.map((slot) => `--to ${slot}`).join(' or ')}`,
  );
}

function holdsAnother(to: string, holds: string, before: string | null): UndoAnswer {
  return refuse(
    `${to} holds ${holds} by now`,
    before === null ? 'what it held when it served' : `${before}, which served before`,
    before === null
      ? `Roll out what it holds: headgate start … --version ${holds}`
      : `Deploy ${before} to ${to} again, or roll out what it holds: headgate start … --version ${holds}`,
  );
}

function named({ slot, version }: SlotVersion): string {
  return version === null ? `what is on ${slot}` : `${version} on ${slot}`;
}

function refuse(message: string, expected: string, remedy: string): UndoAnswer {
  return { kind: 'refused', message, expected, remedy };
}
