import { readPolicyChange } from './read-policy.js';
import type { ApprovalDemand, Command, Commands, ModifiedConfig, Verb } from './commands.js';

/**
 * Reads what a person typed, field by field: a field of the wrong type is left out, because an abort with a mistyped
 * reason must still abort. Numbers may come as text.
 */
export function readCommand<V extends Verb>(verb: V, input: unknown): Commands[V] {
  const fields = isFields(input) ? input : {};
  const command: Command = {
    ...text(fields, 'rolloutId'),
    ...number(fields, 'stage'),
    ...text(fields, 'by'),
    ...text(fields, 'reason'),
    ...text(fields, 'commandId'),
  };
  return { ...command, ...own(verb, fields) };
}

function own(verb: Verb, fields: Fields): Fields {
  switch (verb) {
    case 'pause':
      return number(fields, 'durationMinutes');
    case 'promote':
      return { full: fields.full === true || fields.full === 'true' };
    case 'resume':
      return isFields(fields.modifiedConfig) ? { modifiedConfig: change(fields.modifiedConfig) } : {};
    case 'configure':
      return {
        ...flag(fields, 'autoProgression'),
        ...number(fields, 'monitoringInterval'),
        ...demand(fields.requireManualApproval),
      };
    case 'setRollbackPolicy':
      return { ...readPolicyChange(fields) };
    case 'approve':
    case 'reject':
    case 'abort':
    case 'emergencyStop':
    case 'finish':
      return {};
  }
}

function change(fields: Fields): ModifiedConfig {
  return { ...number(fields, 'traffic'), ...number(fields, 'monitoringInterval') };
}

function demand(value: unknown): { requireManualApproval?: ApprovalDemand } {
  const isDemand =
    typeof value === 'boolean' || value === 'every-stage' || (Array.isArray(value) && value.every(Number.isInteger));
  return isDemand ? { requireManualApproval: value as ApprovalDemand } : {};
}

function flag<K extends string>(fields: Fields, key: K): { readonly [P in K]?: boolean } {
  const value = fields[key];
  return typeof value === 'boolean' ? ({ [key]: value } as { [P in K]: boolean }) : {};
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text<K extends string>(fields: Fields, key: K): { readonly [P in K]?: string } {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as { [P in K]: string }) : {};
}

function number<K extends string>(fields: Fields, key: K): { readonly [P in K]?: number } {
  const value = fields[key];
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? ({ [key]: parsed } as { [P in K]: number }) : {};
}
