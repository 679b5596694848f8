import { frozenWords } from '../../../domain/stop-the-line/freeze.js';
import type { Context } from '../../context.js';
import type { DoctorCheck } from '../../output/documents.js';
import { well } from './installation.js';

/** Whether starts are refused. That somebody has stopped the line is no fault of the installation. */
export async function lookAtLine({ session }: Context): Promise<DoctorCheck[]> {
  const { freeze } = await (await session.rollouts()).getLine();
  return freeze.map((one) => ({
    ...well('line', `starts are refused: ${frozenWords(one)}`),
    remedy: 'When it is over, release it',
    commands: [`headgate stop-the-line --release --stop ${one.id} --reason …`],
  }));
}
