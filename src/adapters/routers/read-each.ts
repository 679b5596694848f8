import type { InstanceWeights } from '../../ports/traffic-router.js';
import type { Failure } from './write-failures.js';

/** How the instances of one kind of data plane are read. */
export interface EachReading<Instance> {
  readonly nameOf: (instance: Instance) => string;
  readonly read: (instance: Instance, index: number) => Promise<InstanceWeights>;
  /** Whether asking again is no use, because what is configured does not fit. */
  readonly isOfConfiguration: (reason: unknown) => boolean;
  readonly inWords: (reason: unknown) => string;
  /** What is thrown where that is so of all of them. */
  readonly none: (failures: readonly Failure[]) => Error;
}

/** What every instance does, and which cannot be read. @throws what `none` makes of it, where none can be for its configuration */
export async function readEach<Instance>(
  instances: readonly Instance[],
  { nameOf, read, isOfConfiguration, inWords, none }: EachReading<Instance>,
): Promise<readonly InstanceWeights[]> {
  const answers = await Promise.all(
    instances.map(async (one, index): Promise<InstanceWeights | Failure> => {
      try {
        return await read(one, index);
      } catch (error) {
        return { instance: nameOf(one), error };
      }
    }),
  );
  const failures = answers.filter((answer): answer is Failure => 'error' in answer);
  const isNone = failures.length > 0 && failures.length === instances.length;
  if (isNone && failures.every(({ error }) => isOfConfiguration(error))) throw none(failures);
  return answers.map((answer) =>
    'error' in answer ? { instance: answer.instance, unreachable: inWords(answer.error) } : answer,
  );
}
