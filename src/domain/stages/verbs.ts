import type { Verb } from './commands.js';

/** What each verb does, for people who type it. */
export const VERB_DESCRIPTIONS: Readonly<Record<Verb, string>> = {
  approve: 'Go on from the stage that waits for approval. {"reason":"…","by":"…"}',
  reject: 'Do not go on: hold the weights until someone decides. {"reason":"…","by":"…"}',
  pause: 'Stop the stage clock; guarding goes on. {"durationMinutes":30,"reason":"…","by":"…"}',
  resume: 'Let the clock run again. {"modifiedConfig":{"traffic":0.1,"monitoringInterval":30},"by":"…"}',
  promote: 'Go on to the next stage now. {"full":false,"reason":"…","by":"…"}',
  abort: 'Stop and put all traffic back on the baseline. {"reason":"…","by":"…"}',
  emergencyStop: 'Stop at once, before anything else. {"reason":"…","by":"…"}',
  configure:
    'Change how it goes on. {"autoProgression":true,"monitoringInterval":30,"requireManualApproval":"every-stage"}',
  setRollbackPolicy:
    'When traffic goes back, from now on. {"policy":{"errorRateThreshold":0.02,"latencyIncrease":1.5,"successRateMinimum":0.99,"evaluationWindow":300,"consecutiveFailures":3},"autoRollback":true,"reason":"…","by":"…"}',
  finish: 'End the rollback window at full load early. {"reason":"…","by":"…"}',
};
