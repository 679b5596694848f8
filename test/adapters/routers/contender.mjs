import { createEnvoyRouter } from '../../../dist/adapters/routers/envoy/router.js';
import { createHaproxyRouter } from '../../../dist/adapters/routers/haproxy/router.js';

// Another worker, as it was built: makes its writes all at once when it is told to go.
const { kind, options, route, writes } = JSON.parse(process.argv[2] ?? '');
const router = kind === 'envoy' ? createEnvoyRouter(options) : createHaproxyRouter(options);

process.once('message', () => {
  void Promise.all(writes.map(write)).then((outcomes) => {
    process.send?.(outcomes);
    process.disconnect();
  });
});
process.send?.('ready');

/** @param {{ candidatePercent: number; fence: number; onlyIfFence?: number }} write */
async function write({ candidatePercent, ...conditions }) {
  const weights = [
    { backend: 'green', percent: candidatePercent },
    { backend: 'blue', percent: 100 - candidatePercent },
  ];
  try {
    await router.setWeights(route, weights, conditions);
    return 'done';
  } catch (error) {
    return String(error);
  }
}
