import { RouteFileWriter } from '../../../../dist/adapters/routers/envoy/route-file-writer.js';

// A worker that sends a quarter of the users of a route to the candidate, under a fence, and has so long for it.
const [path = '', route = '', fence = '', withinMs = ''] = process.argv.slice(2);
const notAfterMs = Date.now() + Number(withinMs);
const weights = [
  { cluster: 'green', weight: 25_000 },
  { cluster: 'blue', weight: 75_000 },
];
const outcome = new RouteFileWriter(path).write({ route, weights, fence: Number(fence) }, { notAfterMs }).then(
  () => 'written',
  (error) => String(error),
);
process.send?.({ notAfterMs });
process.send?.({ outcome: await outcome });
process.disconnect();
