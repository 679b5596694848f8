import type { StagePlan } from '../../domain/stages/plan.js';
import type { Flaw } from '../reading/flaw.js';
import type { Path } from '../reading/path.js';
import { definedOnly } from '../defined-only.js';
import type { StageDraft, Surface } from './draft.js';

/** What may be said of one stage, or of all. */
type EvidenceClock = Pick<StageDraft, 'advanceOnEvidence' | 'minDurationMs' | 'maxDurationMs'>;

/** How long one stage lasts, at least, as a rule and at most, and where that was written. */
export interface StageTimes {
  readonly times: Omit<StagePlan, 'trafficPercent' | 'approval'>;
  /** By the key in the plan. */
  readonly written: ReadonlyMap<keyof EvidenceClock | 'durationMs', Path>;
  readonly flaws: readonly Flaw[];
}

/** What is said for all stages, and about this one. */
export interface StagePlace {
  readonly path: Path;
  /** The last stage is the rollback window: what is said for all stages is not said of it. */
  readonly isWindow: boolean;
  /** The duration where nothing is said; `undefined` where something must be. */
  readonly otherwiseMs: number | undefined;
  /** Any, where something must be said and is not: to go on looking for mistakes. */
  readonly fallbackMs: number;
}

/**
 * A stage with a `duration` is judged when that is over. Without one, a stage that advances on evidence is judged at its
 * `maxDuration` when no proof has come, any other at its `minDuration` for the first time.
 */
export function timesOf(stage: StageDraft, all: EvidenceClock, place: StagePlace, { names }: Surface): StageTimes {
  const written = new Map<keyof EvidenceClock | 'durationMs', Path>();
  const pick = <Key extends keyof EvidenceClock>(key: Key): EvidenceClock[Key] => {
    const ofStage = stage[key];
    const value = ofStage ?? (place.isWindow ? undefined : all[key]);
    const name = names[key] ?? key;
    if (value !== undefined) written.set(key, ofStage === undefined ? [name] : [...place.path, name]);
    return value;
  };
  const advances = pick('advanceOnEvidence') === true;
  const maxDurationMs = pick('maxDurationMs');
  const minDurationMs = pick('minDurationMs');
  const durationMs = stage.durationMs ?? place.otherwiseMs;
  const instead = advances ? maxDurationMs : minDurationMs;
  const flaws: Flaw[] = [];
  if (durationMs === undefined && instead !== undefined) {
    const key = advances ? 'maxDurationMs' : 'minDurationMs';
    written.set('durationMs', written.get(key) ?? place.path);
  }
  if (durationMs === undefined && instead === undefined)
    flaws.push(
      durationMissing([...place.path, names['durationMs'] ?? 'durationMs'], stage.durationMs, advances, names),
    );
  // Said for all stages, it is no mistake in one that ends by its clock; nor where it is the clock.
  const leastIsNoise = !advances && (stage.minDurationMs === undefined || durationMs === undefined);
  if (leastIsNoise) written.delete('minDurationMs');
  return {
    times: {
      durationMs: durationMs ?? instead ?? place.fallbackMs,
      ...(advances ? { advanceOnEvidence: true } : {}),
      ...definedOnly({ minDurationMs: leastIsNoise ? undefined : minDurationMs, maxDurationMs }),
    },
    written,
    flaws,
  };
}

function durationMissing(
  path: Path,
  given: number | null | undefined,
  advances: boolean,
  names: Surface['names'],
): Flaw {
  const longest = names['maxDurationMs'] ?? 'maxDurationMs';
  return {
    rule: 'stages.duration',
    path,
    message: advances
      ? `How long does this stage wait for proof? Without any it is judged by ${longest}`
      : 'How long does this stage last? Only the last one may leave it open',
    expected: advances ? `a duration, or ${longest}` : 'a duration above 0',
    got: given === null ? 'null' : 'nothing',
  };
}
