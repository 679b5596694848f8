import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { HeadgateError } from '../domain/errors.js';
import { readJson, refusal, refusalOf, sendJson, type Answer } from './admin-json.js';
import type { Control } from './control.js';
import type { Clock } from './clock.js';
import { ADMIN_BODY_LIMIT_BYTES, CONFIGURED_ROUTES_LIMIT_BYTES, MAX_QUESTIONS } from './defaults.js';
import type { Identity } from './identity.js';
import { configuredRoutesSchema, fenceSchema, parseRoute, parseWith, weightsSchema } from './options.js';
import type { GatewayPrometheus } from './prometheus.js';
import type { Route } from './route.js';
import type { RouteTable } from './route-table.js';
import { answerSamples } from './samples.js';

export interface AdminOptions {
  readonly identity: Identity;
  readonly control: Control;
  readonly table: RouteTable;
  readonly prometheus: GatewayPrometheus;
  readonly clock: Clock;
}

interface Question {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: (limitBytes?: number) => Promise<unknown>;
}

const NOT_WEIGHTS = 'These are not weights';

const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

const onlyIfFenceSchema = z.union([fenceSchema, z.array(fenceSchema)]);

/** Without a fence it is a person's write: it always applies, and leaves none. */
const weightsBodySchema = z
  .strictObject({ weights: weightsSchema, fence: fenceSchema.optional(), onlyIfFence: onlyIfFenceSchema.optional() })
  .refine(({ fence, onlyIfFence }) => fence !== undefined || onlyIfFence === undefined, {
    error: 'a fence beside onlyIfFence',
  });

/** Each is read for itself: one that is wrong keeps no other from being made. */
const bulkBodySchema = z.strictObject({ changes: z.array(z.unknown()) });

/** Paths, each with its query. */
const questionsSchema = z.strictObject({ questions: z.array(z.string()).max(MAX_QUESTIONS) });

const changeSchema = z.strictObject({
  route: z.string(),
  weights: weightsSchema,
  fence: fenceSchema,
  onlyIfFence: onlyIfFenceSchema.optional(),
});

/** The admin API: JSON over HTTP, for this machine only. */
export function createAdmin(options: AdminOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      const { status, body } = refusal(error);
      sendJson(response, status, body);
    });
  };
}

async function answer(options: AdminOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  refuseForeignHost(request.headers.host);
  const url = new URL(request.url ?? '/', 'http://admin');
  const method = request.method ?? 'GET';
  if (method === 'GET' && url.pathname === '/metrics') {
    const text = await options.prometheus.registry.metrics();
    response.writeHead(200, { 'content-type': options.prometheus.registry.contentType }).end(text);
    return;
  }
  const { status, body } = await dispatch(options, {
    method,
    path: pathOf(url),
    query: url.searchParams,
    body: (limitBytes = ADMIN_BODY_LIMIT_BYTES) => readJson(request, limitBytes),
  });
  sendJson(response, status, body);
}

function pathOf({ pathname }: URL): readonly string[] {
  return pathname.split('/').slice(1).map(decodeURIComponent);
}

/** What the same path would answer by itself: one that is wrong keeps no other from its answer. */
async function answerOneOf(options: AdminOptions, question: string): Promise<Answer> {
  try {
    const url = new URL(question, 'http://admin');
    const noBody = (): Promise<unknown> => Promise.resolve(undefined);
    return await dispatch(options, { method: 'GET', path: pathOf(url), query: url.searchParams, body: noBody });
  } catch (error) {
    return refusal(error);
  }
}

async function dispatch(options: AdminOptions, question: Question): Promise<Answer> {
  const { identity, control, table } = options;
  const [root, name, part, target, leaf] = question.path;
  const depth = question.path.length;
  if (root === 'healthz' && depth === 1) {
    allow(question, 'GET');
    return ok({
      status: 'ok',
      ...identity.describe(),
      routes: table.names.length,
      saveError: control.saveError,
    });
  }
  if (root === 'questions' && depth === 1) {
    allow(question, 'POST');
    const wrong = 'These are not questions';
    const { questions } = parseWith(questionsSchema, await question.body(), 'INVALID_QUESTIONS', wrong);
    return ok({ answers: await Promise.all(questions.map((one) => answerOneOf(options, one))) });
  }
  if (root === 'routes' && depth === 1) {
    allow(question, 'GET', 'PUT');
    return question.method === 'GET' ? ok(describeRoutes(table)) : configuredRoutes(options, question);
  }
  if (root === 'weights' && depth === 1) {
    allow(question, 'PUT');
    const { changes } = parseWith(bulkBodySchema, await question.body(), 'INVALID_WEIGHTS', NOT_WEIGHTS);
    const { refusals, saved } = await control.setMany(
      changes.map((change) => () => parseWith(changeSchema, change, 'INVALID_WEIGHTS', NOT_WEIGHTS)),
    );
    return ok({
      results: refusals.map((refusal) => (refusal === null ? {} : refusalOf(refusal))),
      saved,
      saveError: control.saveError,
    });
  }
  if (root === 'routes' && name !== undefined && depth === 2) {
    allow(question, 'GET', 'PUT', 'DELETE');
    return oneRoute(options, question, name);
  }
  if (root === 'routes' && name !== undefined && part === 'weights' && depth === 3) {
    allow(question, 'GET', 'PUT');
    if (question.method === 'GET') return ok(describeWeights(table.get(name)));
    table.get(name);
    const body = parseWith(weightsBodySchema, await question.body(), 'INVALID_WEIGHTS', NOT_WEIGHTS);
    const { weights, fence, onlyIfFence } = body;
    const { route, saved } = await control.setWeights(
      name,
      weights,
      fence === undefined ? fence : { fence, onlyIfFence },
    );
    return ok({ ...describeWeights(route), saved, saveError: control.saveError });
  }
  if (
    root === 'routes' &&
    name !== undefined &&
    target !== undefined &&
    part === 'backends' &&
    leaf === 'samples' &&
    depth === 5
  ) {
    allow(question, 'GET');
    return ok(answerSamples(table.get(name), target, question.query, options.clock()));
  }
  throw new HeadgateError('NOT_FOUND', 'The admin API has nothing there', {
    expected:
      '/routes, /routes/NAME, /routes/NAME/weights, /weights, /routes/NAME/backends/NAME/samples, /questions, /metrics or /healthz',
    got: `/${question.path.join('/')}`,
  });
}

/** What its owner configures, as at a start: routes that it configured before and names no more are gone. */
async function configuredRoutes({ identity, control, table }: AdminOptions, question: Question): Promise<Answer> {
  const body = await question.body(CONFIGURED_ROUTES_LIMIT_BYTES);
  const { owner, routes } = parseWith(configuredRoutesSchema, body, 'INVALID_ROUTE', 'These are not routes');
  identity.takenOverBy(owner);
  const { saved } = await control.configure(routes);
  return ok({ ...describeRoutes(table), saved });
}

async function oneRoute({ control, table }: AdminOptions, question: Question, name: string): Promise<Answer> {
  if (question.method === 'GET') return ok(describeRoute(table.get(name)));
  if (question.method === 'DELETE') return ok({ route: name, ...(await control.deleteRoute(name)) });
  const body = await question.body();
  const definition = parseRoute(typeof body === 'object' && body !== null ? { name, ...body } : body);
  if (definition.name !== name) {
    throw new HeadgateError('INVALID_ROUTE', 'The name in the body is not the one in the path', {
      expected: name,
      got: definition.name,
    });
  }
  const { route, created, saved } = await control.putRoute(definition);
  return { status: created ? 201 : 200, body: { ...describeRoute(route), saved } };
}

function describeRoute(route: Route): object {
  const { name, match, sticky, backends } = route.definition;
  return { name, match, sticky, backends, weights: route.weights, fence: route.fence };
}

function describeRoutes(table: RouteTable): object {
  return { routes: table.routes.map(describeRoute) };
}

function describeWeights(route: Route): object {
  return { route: route.name, weights: route.weights, fence: route.fence };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function allow(question: Question, ...methods: readonly string[]): void {
  if (methods.includes(question.method)) return;
  throw new HeadgateError('METHOD_NOT_ALLOWED', 'That cannot be done there', {
    expected: methods.join(', '),
    got: question.method,
  });
}

/** A web page that a person on this machine visits must not reach the admin API under a name of its own. */
function refuseForeignHost(host: string | undefined): void {
  if (host !== undefined && LOOPBACK_HOST.test(host)) return;
  throw new HeadgateError('FOREIGN_HOST', 'The admin API answers to this machine only', {
    expected: 'localhost or a loopback address',
    got: host ?? 'no host',
  });
}
