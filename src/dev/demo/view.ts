import type { Picture } from './frame.js';
import { percentWords, timeWords } from './words.js';

/** How the demo is told. */
export interface View {
  show(picture: Picture): void;
  /** Says something for good. */
  say(...lines: readonly string[]): void;
  end(): void;
}

/** One line per thing that happens, for pipes and logs. */
export class PlainView implements View {
  private toldEvents = 0;
  private rolloutId = '';

  constructor(private readonly write: (line: string) => unknown) {}

  show({ scene, lately }: Picture): void {
    const { status } = scene;
    if (status.id !== this.rolloutId) {
      this.rolloutId = status.id;
      this.toldEvents = 0;
    }
    const seen = lately.byVersion.get(scene.chapter.release.version);
    for (const { at, what } of status.history.slice(this.toldEvents)) {
      const users = seen === undefined ? '' : ` (users saw ${percentWords(seen.share * 100)} in the last 2 s)`;
      this.write(`${timeWords(Date.parse(at))}  ${what}${users}`);
    }
    this.toldEvents = status.history.length;
  }

  say(...lines: readonly string[]): void {
    lines.forEach(this.write);
  }

  end(): void {
    // There is nothing to put back.
  }
}
