import { quote, type Flaw } from '../spec/reading/flaw.js';
import { nearest } from '../spec/reading/similar.js';
import { readSeconds } from '../spec/units/duration.js';
import { asNumber, refuse, type Read } from '../spec/units/read.js';
import { readFraction, readPercent } from '../spec/units/share.js';
import { LOG_LEVELS, OUTPUTS, STRATEGIES, TIERS } from './types.js';

/** Every variable that Headgate reads, and how. Temporal's own (TEMPORAL_*) are read by Temporal's libraries. */
const VARIABLES = {
  DEPLOYMENT_STRATEGY: choice(STRATEGIES),
  DEPLOYMENT_TIER: choice(TIERS),
  FEATURE_FLAGS_ENABLED: readSwitch,
  AB_TEST_MINIMUM_SAMPLE_SIZE: whole(1, Number.MAX_SAFE_INTEGER),
  AB_TEST_CONFIDENCE_LEVEL: within(
    readFraction,
    (level) => level > 0 && level < 1,
    'between 0 and 1, e.g. 0.95 or 95%',
  ),
  BLUE_GREEN_HEALTH_CHECK_INTERVAL: within(readSeconds, isPositive, 'seconds above 0, e.g. 30 or 30s'),
  BLUE_GREEN_ROLLBACK_THRESHOLD: within(readFraction, isAtMost(1), 'above 0 and at most 1, e.g. 0.95 or 95%'),
  CANARY_INITIAL_TRAFFIC: within(readPercent, isAtMost(100), 'above 0 and at most 1, e.g. 0.05 or 5%'),
  CANARY_MONITORING_INTERVAL: within(readSeconds, isPositive, 'seconds above 0, e.g. 60 or 60s'),
  CANARY_AUTO_PROGRESSION: readSwitch,
  HEADGATE_CONFIG: readText,
  HEADGATE_OUTPUT: choice(OUTPUTS),
  HEADGATE_JOURNAL: readText,
  HEADGATE_OBSERVATIONS: readText,
  HEADGATE_LOG_LEVEL: choice(LOG_LEVELS),
  HEADGATE_WORKER_HOST: readText,
  HEADGATE_HEALTH_PORT: whole(0, 65_535),
  HEADGATE_METRICS_PORT: whole(0, 65_535),
  HEADGATE_WORKER_VERSIONING: readSwitch,
  HEADGATE_TASK_QUEUE: readText,
  HEADGATE_WORKFLOW_ID_PREFIX: readText,
} as const satisfies Readonly<Record<string, (given: string) => Read<unknown>>>;

type Variables = typeof VARIABLES;
type ValueOf<Reader> = Reader extends (given: string) => Read<infer Value> ? Value : never;

/** What the environment says; a variable that is not set, or is empty, says nothing. */
export type EnvironmentValues = { readonly [Name in keyof Variables]?: ValueOf<Variables[Name]> };

export interface ReadEnvironment {
  readonly values: EnvironmentValues;
  readonly flaws: readonly Flaw[];
  readonly warnings: readonly string[];
}

export function readEnvironment(env: NodeJS.ProcessEnv): ReadEnvironment {
  const values: Record<string, unknown> = {};
  const flaws: Flaw[] = [];
  for (const [name, read] of Object.entries(VARIABLES)) {
    const given = env[name]?.trim() ?? '';
    if (given === '') continue;
    const result: Read<unknown> = read(given);
    if ('value' in result) values[name] = result.value;
    else flaws.push({ ...result.refused, path: [name], got: quote(given) });
  }
  return { values, flaws, warnings: misspelled(env) };
}

/** A variable that almost has one of our names has no effect, and nobody would notice. */
function misspelled(env: NodeJS.ProcessEnv): string[] {
  const known = Object.keys(VARIABLES);
  return Object.keys(env)
    .filter((name) => name.startsWith('HEADGATE_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      return meant === undefined ? [] : [`${name} is not a variable that Headgate reads; did you mean ${meant}?`];
    });
}

const YES = ['true', '1', 'yes', 'on'];
const NO = ['false', '0', 'no', 'off'];

function readSwitch(given: string): Read<boolean> {
  if (YES.includes(given.toLowerCase())) return { value: true };
  if (NO.includes(given.toLowerCase())) return { value: false };
  return refuse('value.unknown', 'This is neither on nor off', 'true or false');
}

function readText(given: string): Read<string> {
  return { value: given };
}

function choice<Option extends string>(options: readonly Option[]): (given: string) => Read<Option> {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, '');
  return (given) => {
    const found = options.find((option) => plain(option) === plain(given));
    if (found !== undefined) return { value: found };
    const meant = nearest(given, options);
    return refuse(
      'value.unknown',
      'This is not one of the choices',
      options.join(', '),
      meant === undefined ? undefined : `Did you mean ${meant}?`,
    );
  };
}

function whole(least: number, most: number): (given: string) => Read<number> {
  const range =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${String(least)}` : `from ${String(least)} to ${String(most)}`;
  return (given) => {
    const number = asNumber(given);
    if (number !== undefined && Number.isInteger(number) && number >= least && number <= most) return { value: number };
    return refuse('range', 'This is not a whole number in range', `a whole number ${range}`);
  };
}

function within(
  read: (given: unknown) => Read<number>,
  holds: (value: number) => boolean,
  expected: string,
): (given: string) => Read<number> {
  return (given) => {
    const result = read(given);
    if ('refused' in result) return { refused: { ...result.refused, expected } };
    return holds(result.value) ? result : refuse('range', 'This is out of range', expected);
  };
}

/** In milliseconds, of which less than half a one is none. */
function isPositive(ms: number): boolean {
  return Math.round(ms) > 0;
}

function isAtMost(most: number): (value: number) => boolean {
  return (value) => value > 0 && value <= most;
}
