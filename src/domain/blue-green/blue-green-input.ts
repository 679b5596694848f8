import { object } from '../reading/combinators.js';
import { trafficInputFields, type TrafficInput } from '../staged-traffic/input.js';
import type { BlueGreenPlan } from './plan.js';
import { readBlueGreenPlan } from './plan-rules.js';
import type { BlueGreenState } from './state.js';

/** What starts `blueGreenRollout`. */
export type BlueGreenInput = TrafficInput<BlueGreenPlan, BlueGreenState>;

/** Reads what starts a rollout, which may be anything: people also start workflows from raw JSON. */
export const readBlueGreenInput = object<BlueGreenInput>(trafficInputFields(readBlueGreenPlan));
