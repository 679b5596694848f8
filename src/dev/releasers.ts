/** Everything that must be let go of, in the order in which it was had; freed newest first. */
export class Releasers {
  private readonly held: { readonly what: string; readonly release: () => Promise<unknown> }[] = [];

  /** Remembers how to let go of `resource`, and hands it back. */
  add<Resource>(what: string, resource: Resource, release: (resource: Resource) => unknown): Resource {
    this.held.push({ what, release: () => Promise.resolve(resource).then(release) });
    return resource;
  }

  /** Lets go of everything; one that fails does not keep the others. @throws AggregateError of all failures. */
  async releaseAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let next = this.held.pop(); next !== undefined; next = this.held.pop()) {
      const { what, release } = next;
      await release().catch((cause: unknown) => failures.push(new Error(`could not let go of ${what}`, { cause })));
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  }
}

/** Runs `use` and lets go of everything it has taken, however it ends. */
export async function releasing<Result>(use: (releasers: Releasers) => Promise<Result>): Promise<Result> {
  const releasers = new Releasers();
  try {
    return await use(releasers);
  } finally {
    await releasers.releaseAll();
  }
}
