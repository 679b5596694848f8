import type { TextView } from '../result.js';
import type { FileValidation, Finding } from './documents.js';
import { table } from './table.js';

/** A file's problems, each with its place and what to do; then what could be better. */
export function validationLines(validation: FileValidation, { paint }: TextView): string[] {
  const { file, valid, specs, problems, notes, advice } = validation;
  const what = specs.map(
    ({ kind, service, version }) => `${kind} of ${service}${version === null ? '' : ` ${version}`}`,
  );
  const headline = valid
    ? `${paint.good('✔')} ${file}: ${what.join(', ')}`
    : `${paint.bad('✖')} ${file}: ${String(problems.length)} problem${problems.length === 1 ? '' : 's'}`;
  return [
    headline,
    ...problems.flatMap((problem) => problemLines(problem)),
    ...table(notes.map((note) => [`  ${paint.moving('note')}`, note])),
    ...table(advice.map((one) => [`  ${paint.attention('advice')}`, one])),
  ];
}

function problemLines({ at, path, message, expected, got, remedy, rule }: Finding): string[] {
  const words = [expected === null ? '' : `expected ${expected}`, got === null ? '' : `got ${got}`];
  const expectation = words.filter((word) => word !== '').join(', ');
  return [
    `  ${at ?? ''}${at === null ? '' : '  '}${path === '' ? '' : `${path}: `}${message} (${rule})`,
    ...(expectation === '' ? [] : [`      ${expectation}`]),
    ...(remedy === null ? [] : [`      ${remedy}`]),
  ];
}
