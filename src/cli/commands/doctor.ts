import type { Context } from '../context.js';
import { describeError } from '../failure.js';
import { documentOf, type DoctorCheck } from '../output/documents.js';
import type { Result } from '../result.js';
import { lookAtGateways } from './doctor/gateways.js';
import { lookAtConfig, lookAtHooks, lookAtJournal, lookAtServices } from './doctor/installation.js';
import { lookAtNamespace, lookAtServer } from './doctor/temporal.js';
import { lookAtWorkers } from './doctor/workers.js';
import { frozenWords } from '../../domain/stop-the-line/freeze.js';
import { well } from './doctor/installation.js';

/** Looks at everything that a rollout needs, and says what to do about what is missing. Changes nothing. */
export async function doctor(context: Context): Promise<Result> {
  const configuration = await tried('configuration', () => lookAtConfig(context));
  const checks = [...configuration, ...((await isReadable(context)) ? await lookAtTheRest(context) : [])];
  const ok = checks.every((check) => check.ok);
  return {
    document: documentOf('Doctor', { ok, checks }),
    text: ({ paint }) =>
      checks.flatMap(({ ok: isWell, name, message, remedy, commands }) => [
        `${isWell ? paint.good('✔') : paint.bad('✖')} ${name}: ${message}`,
        ...(remedy === null ? [] : [`    ${remedy}`]),
        ...commands.map((command) => `      ${command}`),
      ]),
    exit: ok ? 'reached' : 'unreachable',
  };
}

/** Where everything is, the configuration says: one that is refused is said once. */
async function isReadable({ session }: Context): Promise<boolean> {
  return session.config().then(
    () => true,
    () => false,
  );
}

async function lookAtTheRest(context: Context): Promise<DoctorCheck[]> {
  return [
    ...(await lookAtTemporal(context)),
    ...(await tried('gateways', () => lookAtGateways(context))),
    ...(await tried('services', () => lookAtServices(context))),
    ...(await tried('hooks', () => lookAtHooks(context))),
    ...(await tried('journal', () => lookAtJournal(context))),
  ];
}

/** Without a server there is nothing to say about its namespace and its workers. */
async function lookAtTemporal(context: Context): Promise<DoctorCheck[]> {
  const server = await tried('Temporal', () => lookAtServer(context));
  if (!server.every(({ ok }) => ok)) return server;
  return [
    ...server,
    ...(await tried('namespace', () => lookAtNamespace(context))),
    ...(await tried('workers', () => lookAtWorkers(context))),
    ...(await tried('line', () => lookAtLine(context))),
  ];
}

/** A look that fails is a finding too. */
async function tried(name: string, look: () => Promise<DoctorCheck[]>): Promise<DoctorCheck[]> {
  try {
    return await look();
  } catch (error) {
    const { message, hint, next } = describeError(error);
    return [{ name, ok: false, message, remedy: hint, commands: next.filter((one) => one !== 'headgate doctor') }];
  }
}

/** Whether starts are refused. That somebody has stopped the line is no fault of the installation. */
export async function lookAtLine({ session }: Context): Promise<DoctorCheck[]> {
  const { freeze } = await (await session.rollouts()).getLine();
  return freeze.map((one) => ({
    ...well('line', `starts are refused: ${frozenWords(one)}`),
    remedy: 'When it is over, release it',
    commands: [`headgate stop-the-line --release --stop ${one.id} --reason …`],
  }));
}
