import { formatValue } from '../../domain/analysis/format.js';
import { eventLine } from '../../presentation/frame.js';
import { LiveView } from '../../presentation/live-view.js';
import type { Paint } from '../../presentation/paint.js';
import { sizeOf, type Screen } from '../../presentation/screen.js';
import { renderFrame, type Picture } from './frame.js';

/** How the demo is told. */
export interface View {
  show(picture: Picture): void;
  /** Says something for good. */
  say(...lines: readonly string[]): void;
  end(): void;
}

/** Draws over its own last frame, on a terminal; what is said for good stays above it. */
export class DrawnView implements View {
  private readonly live: LiveView;

  constructor(
    private readonly screen: Screen,
    private readonly paint: Paint,
  ) {
    this.live = new LiveView(screen);
  }

  show(picture: Picture): void {
    this.live.draw(renderFrame(picture, sizeOf(this.screen).columns, this.paint));
  }

  say(...lines: readonly string[]): void {
    this.live.say(lines);
  }

  end(): void {
    this.live.end();
  }
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
    for (const event of status.history.slice(this.toldEvents)) {
      const users = seen === undefined ? '' : ` (users saw ${formatValue(seen.share, 'fraction')} in the last 2 s)`;
      this.write(`${eventLine(event, {})}${users}`);
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
