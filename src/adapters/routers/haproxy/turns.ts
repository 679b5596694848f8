/** Does work on the same thing one after the other, in the order in which it was asked for. */
export class Turns {
  /** By what is worked on: the end of the newest work on it. */
  private readonly newest = new Map<string, Promise<unknown>>();

  async take<Result>(things: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const before = things.map((thing) => this.newest.get(thing) ?? Promise.resolve());
    const done = Promise.allSettled(before).then(work);
    for (const thing of things) this.newest.set(thing, done);
    try {
      return await done;
    } finally {
      for (const thing of things) if (this.newest.get(thing) === done) this.newest.delete(thing);
    }
  }
}
