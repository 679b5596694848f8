/**
 * A value as it stands in a visibility query of Temporal: in quotes, and unable to end them. Whatever a person or a
 * program has named goes through here, because an open quote turns the rest of the name into conditions.
 */
export function visibilityValue(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
