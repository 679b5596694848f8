import { DefaultLogger, Runtime } from '@temporalio/worker';

declare global {
  var isTemporalQuiet: true | undefined;
}

// What the SDK says while all is well would drown what a test says. Once per process, whichever file comes first.
if (globalThis.isTemporalQuiet === undefined) Runtime.install({ logger: new DefaultLogger('ERROR') });
globalThis.isTemporalQuiet = true;
