/** Styles that mean something; none of them says anything that the text does not say too. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  attention(text: string): string;
  moving(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

type Style = (text: string) => string;

/** As terminals have them. */
export interface Colors {
  readonly green: Style;
  readonly red: Style;
  readonly yellow: Style;
  readonly cyan: Style;
  readonly bold: Style;
  readonly dim: Style;
}

export function paintWith({ green, red, yellow, cyan, bold, dim }: Colors): Paint {
  return { good: green, bad: red, attention: yellow, moving: cyan, strong: bold, faint: dim };
}
