import { NO_FENCE, type FencedWrite } from '../domain/traffic/fence.js';
import { HeadgateError } from '../domain/errors.js';
import type { Weights } from '../domain/traffic/weights.js';
import type { Clock } from './clock.js';
import type { CounterLogOptions } from './counter-log.js';
import type { RouteDefinition } from './options.js';
import type { GatewayPrometheus } from './prometheus.js';
import { Route } from './route.js';
import type { RouteTable } from './route-table.js';
import { readState, StateWriter, type GatewayState } from './state-file.js';

export interface ControlOptions {
  readonly table: RouteTable;
  readonly prometheus: GatewayPrometheus;
  readonly clock: Clock;
  readonly routes: readonly RouteDefinition[];
  readonly stateFile: string | undefined;
  readonly ring: Omit<CounterLogOptions, 'sinceMs'>;
}

/** Whether a change will outlive a restart. A change that could not be saved is in force all the same. */
export interface Saved {
  readonly saved: boolean;
}

/** One route's part of a bulk change. */
export interface RouteChange extends FencedWrite {
  readonly route: string;
  readonly weights: Weights;
}

/** Everything that changes what the gateway does, and the memory of it. */
export class Control {
  private readonly added = new Set<string>();
  private configured: ReadonlySet<string>;
  private readonly writer: StateWriter | null = null;
  /** Why the last change could not be saved. */
  saveError: string | null = null;

  /** @throws HeadgateError when a route, or the state file, is not what it should be. */
  constructor(private readonly options: ControlOptions) {
    const { routes, stateFile } = options;
    const saved = stateFile === undefined ? null : readState(stateFile);
    if (stateFile !== undefined) this.writer = new StateWriter(stateFile, () => this.snapshot());
    const names = new Set(routes.map(({ name }) => name));
    this.configured = names;
    const addedBefore = saved?.addedRoutes.filter(({ name }) => !names.has(name)) ?? [];
    for (const definition of [...routes, ...addedBefore]) {
      const route = this.install(definition);
      const weights = ownEntry(saved?.weights, definition.name);
      const fence = ownEntry(saved?.fences, definition.name) ?? NO_FENCE;
      if (weights !== undefined && route.knows(weights)) route.setWeights(weights, fence);
      options.prometheus.showWeights(route);
    }
    for (const { name } of addedBefore) this.added.add(name);
  }

  async putRoute(definition: RouteDefinition): Promise<{ readonly route: Route; readonly created: boolean } & Saved> {
    const created = this.options.table.find(definition.name) === undefined;
    const route = this.install(definition);
    this.added.add(definition.name);
    return { route, created, saved: await this.save() };
  }

  async deleteRoute(name: string): Promise<Saved> {
    this.options.table.get(name);
    this.remove(name);
    return { saved: await this.save() };
  }

  /** As if it were started anew with these routes: weights and counters stay, and so do routes added at run time. */
  async configure(definitions: readonly RouteDefinition[]): Promise<Saved> {
    const names = new Set(definitions.map(({ name }) => name));
    for (const name of this.configured) if (!names.has(name)) this.remove(name);
    this.configured = names;
    for (const definition of definitions) {
      this.added.delete(definition.name);
      const known = this.options.table.find(definition.name)?.definition;
      if (JSON.stringify(known) !== JSON.stringify(definition)) this.install(definition);
    }
    return { saved: await this.save() };
  }

  /** Without `write`, by somebody who knows of no fences: applies always, and leaves none. */
  async setWeights(name: string, weights: Weights, write?: FencedWrite): Promise<{ readonly route: Route } & Saved> {
    const route = this.options.table.get(name);
    this.change(route, weights, write);
    return { route, saved: await this.save() };
  }

  /**
   * Many routes in one step and one save; a change that is refused, or cannot be read, leaves the others alone. Answers
   * with why each was refused, in their order; `null` where it was made, or nothing was left to do.
   */
  async setMany(
    changes: readonly (() => RouteChange)[],
  ): Promise<{ readonly refusals: readonly (HeadgateError | null)[] } & Saved> {
    const refusals = changes.map((read) => {
      try {
        const { route: name, weights, ...write } = read();
        this.change(this.options.table.get(name), weights, write);
        return null;
      } catch (error) {
        if (error instanceof HeadgateError) return error;
        throw error;
      }
    });
    return { refusals, saved: await this.save() };
  }

  private change(route: Route, weights: Weights, write: FencedWrite | undefined): void {
    if (write === undefined) route.setWeights(weights);
    else route.write(weights, write);
    this.options.prometheus.showWeights(route);
  }

  private remove(name: string): void {
    const route = this.options.table.find(name);
    if (route === undefined) return;
    this.options.table.delete(name);
    this.options.prometheus.forget(route);
    this.added.delete(name);
  }

  private install(definition: RouteDefinition): Route {
    const { table, prometheus, clock, ring } = this.options;
    const predecessor = table.find(definition.name);
    const route = new Route(definition, { ...ring, sinceMs: clock() }, predecessor);
    table.put(route);
    if (predecessor !== undefined) prometheus.forgetBackends(predecessor, route.backendNames);
    prometheus.showWeights(route);
    return route;
  }

  private async save(): Promise<boolean> {
    if (this.writer === null) return false;
    try {
      await this.writer.save();
      this.saveError = null;
      return true;
    } catch (error) {
      this.saveError = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  private snapshot(): GatewayState {
    const { routes } = this.options.table;
    return {
      version: 1,
      weights: Object.fromEntries(routes.map(({ name, weights }) => [name, [...weights]])),
      fences: Object.fromEntries(routes.map(({ name, fence }) => [name, fence])),
      addedRoutes: routes.filter(({ name }) => this.added.has(name)).map(({ definition }) => definition),
    };
  }
}

/** A route may be called as what every object inherits. */
function ownEntry<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
