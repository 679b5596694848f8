import pc from 'picocolors';

/** Styles that mean something; none of them says anything that the text does not say too. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  attention(text: string): string;
  moving(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

/** Paints with colours, or leaves text as it is. */
export function createPaint(colored: boolean): Paint {
  const colors = pc.createColors(colored);
  return {
    good: colors.green,
    bad: colors.red,
    attention: colors.yellow,
    moving: colors.cyan,
    strong: colors.bold,
    faint: colors.dim,
  };
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
