import { parseAllDocuments } from 'yaml';
import type { Block } from './documents.js';

/** How a block is tried. `shown`: nothing in it can be run. */
export type BlockKind = 'spec' | 'config' | 'rds' | 'pipeline' | 'typescript' | 'shell' | 'json' | 'shown' | 'unknown';

const SHELLS = ['sh', 'bash', 'shell', 'console'];
const SHOWN = ['text', 'mermaid', 'diff'];

const CONFIG_KEYS = ['routers', 'metrics', 'services', 'hooks', 'journal', 'observations', 'worker', 'temporal', 'workflowIdPrefix', 'tiers', 'output'];

export function kindOf(block: Block): BlockKind {
  if (block.notRun !== null) return 'shown';
  if (SHOWN.includes(block.language)) return 'shown';
  if (SHELLS.includes(block.language)) return 'shell';
  if (block.language === 'json' || block.language === 'jsonl') return 'json';
  if (block.language === 'ts' || block.language === 'typescript') return 'typescript';
  if (block.language === 'yaml' || block.language === 'yml') return kindOfYaml(block.text);
  if (block.language === '') return /^(\$ )?(headgate|npx|npm|temporal) /m.test(block.text) ? 'shell' : 'shown';
  return 'unknown';
}

function kindOfYaml(text: string): BlockKind {
  const values = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  const keys = values.flatMap((value) => (typeof value === 'object' && value !== null ? Object.keys(value) : []));
  if (keys.includes('apiVersion') && keys.includes('kind')) return 'spec';
  if (keys.length > 0 && keys.every((key) => CONFIG_KEYS.includes(key))) return 'config';
  if (keys.includes('resources')) return 'rds';
  if (/^\s*(- )?(run|script):/m.test(text)) return 'pipeline';
  return isSpecFragment(keys) ? 'spec' : 'unknown';
}

/** Part of a specification, shown by itself. */
function isSpecFragment(keys: readonly string[]): boolean {
  return keys.length > 0 && keys.every((key) => SPEC_KEYS.includes(key));
}

const SPEC_KEYS = [
  ...['service', 'name', 'version', 'stages', 'checks', 'health', 'rollbackWindow', 'monitoringInterval'],
  ...['autoProgression', 'requireManualApproval', 'holdAtEnd', 'onUnknown', 'deadline', 'onDrift', 'proof', 'runbook'],
];
