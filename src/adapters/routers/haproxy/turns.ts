/** By what is written: the end of the newest work on it. */
const newest = new Map<string, Promise<unknown>>();

/** Does work on the same thing one after the other, in the order in which it was asked for, wherever in this process. */
export async function inTurn<Result>(things: readonly string[], work: () => Promise<Result>): Promise<Result> {
  const before = things.map((thing) => newest.get(thing) ?? Promise.resolve());
  const done = Promise.allSettled(before).then(work);
  for (const thing of things) newest.set(thing, done);
  try {
    return await done;
  } finally {
    for (const thing of things) if (newest.get(thing) === done) newest.delete(thing);
  }
}
