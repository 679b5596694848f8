import type { BlueGreenPlan } from '../../domain/blue-green/plan.js';
import { BLUE_GREEN } from '../../domain/search-attributes.js';
import type { SpecKind } from '../spec-kind.js';
import { adviseOnGuards } from '../staged-traffic/advice.js';
import { approvalDraft, inDomain } from '../staged-traffic/draft.js';
import { FILE_NAMES, FILE_SURFACE, guardsOfFile } from '../staged-traffic/file.js';
import { API_VERSION } from '../staged-traffic/file-parts.js';
import { readPlanAs } from '../staged-traffic/read.js';
import { blueGreenFileSchema, type BlueGreenFile } from './file-schema.js';
import { defaultsOfSwitch, draftOfSwitch, planOfSwitch, type SwitchDraft } from './plan-of.js';

/** A blue-green rollout as a file writes it. */
export const blueGreenSpec: SpecKind<BlueGreenPlan> = {
  name: 'BlueGreen',
  strategy: BLUE_GREEN,
  read(document, given) {
    const defaults = defaultsOfSwitch(given);
    return readPlanAs(
      document,
      {
        schema: blueGreenFileSchema,
        draftOf: (file) => draftOfSwitch(draftOf(file), defaults),
        surface: FILE_SURFACE,
        standIns: { apiVersion: API_VERSION, kind: 'BlueGreen', service: 'service' },
        complete: (plan, file) => planOfSwitch(plan, switchOf(file)),
        flawsOf: ({ switch: written }) => (written?.when === 'healthy' && written.approval !== undefined ? [BOTH] : []),
      },
      defaults,
    );
  },
  notesOn: () => [],
  adviceOn: adviseOnGuards,
};

const BOTH = {
  rule: 'switch.approval',
  path: ['switch', 'approval'],
  message: 'Nobody is asked for a switch that is made by itself',
  expected: 'when: manual, or no approval',
  got: 'when: healthy',
  remedy: 'Leave one of them out',
};

function draftOf({ checks, rollbackPolicy, health, ...file }: BlueGreenFile) {
  const { service, name, version, ...rest } = file;
  const { autoRollback, monitoringInterval, onUnknown, deadline, onDrift, runbook, rollbackWindow } = rest;
  const written = { autoRollback, monitoringInterval, onUnknown, deadline, onDrift, runbook, rollbackWindow };
  return {
    service,
    name,
    version,
    ...inDomain(written, FILE_NAMES),
    ...guardsOfFile({ checks, rollbackPolicy, health }),
  };
}

function switchOf({ blue, green, switch: written }: BlueGreenFile): SwitchDraft {
  const { when = 'manual', approval } = written ?? {};
  return {
    blue,
    green,
    switchWhen: when === 'manual' ? 'command' : when,
    begin: approval && approvalDraft(inDomain(approval, FILE_NAMES)),
  };
}
