import type { Lie } from '../schedule/schedule.js';

const CUT_AT = 0.6;

/** What an answer says that is not the right one. */
export function lieAbout(
  lie: Lie,
  { body, old }: { readonly body: string; readonly old: string },
): { readonly body: string; readonly type?: string } {
  switch (lie) {
    case 'garbled':
      return { body: body.replaceAll(/\d/g, '?') };
    case 'cut':
      return { body: body.slice(0, Math.floor(CUT_AT * body.length)) };
    case 'empty':
      return { body: '' };
    case 'html':
      return { body: '<html><body>Please sign in</body></html>', type: 'text/html' };
    case 'stale':
      return { body: old };
  }
}
