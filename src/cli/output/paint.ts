import pc from 'picocolors';
import { paintWith, type Paint } from '../../presentation/paint.js';

/** Paints with colours, or leaves text as it is. */
export function createPaint(colored: boolean): Paint {
  return paintWith(pc.createColors(colored));
}

export interface ColorWish {
  /** `--color` or `--no-color`, when given. */
  readonly asked: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
}

/** The option counts most, then NO_COLOR (any value that is not empty), then whether a person is looking. */
export function wantsColor({ asked, env, isTTY }: ColorWish): boolean {
  if (asked !== undefined) return asked;
  if ((env.NO_COLOR ?? '') !== '') return false;
  if ((env.FORCE_COLOR ?? '') !== '' && env.FORCE_COLOR !== '0') return true;
  return isTTY && env.TERM !== 'dumb';
}
