import type { Span } from './facts.js';

export function overlaps(a: Span, b: Span): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs;
}

/** As one list of spans that do not touch each other, in order. */
function union(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last === undefined || span.fromMs > last.toMs) merged.push(span);
    else merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
  }
  return merged;
}

/** What is left of `span` without `others`. */
export function without(span: Span, others: readonly Span[]): readonly Span[] {
  let left: readonly Span[] = span.fromMs < span.toMs ? [span] : [];
  for (const other of others) {
    left = left.flatMap((part) =>
      overlaps(part, other)
        ? [
            { fromMs: part.fromMs, toMs: other.fromMs },
            { fromMs: other.toMs, toMs: part.toMs },
          ].filter(({ fromMs, toMs }) => fromMs < toMs)
        : [part],
    );
  }
  return left;
}

export function intersection(a: Span, b: Span): Span | null {
  const both = { fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) };
  return both.fromMs < both.toMs ? both : null;
}

export function lengthOf({ fromMs, toMs }: Span): number {
  return Math.max(0, toMs - fromMs);
}

/** How much of `span` lies in `others`. */
export function covered(span: Span, others: readonly Span[]): number {
  return lengthOf(span) - without(span, union(others)).reduce((sum, part) => sum + lengthOf(part), 0);
}

/** Each begins as before and ends so much later. */
export function prolonged(spans: readonly Span[], byMs: number): readonly Span[] {
  return spans.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + byMs }));
}
