import { RouteFileWriter } from '../../../../dist/adapters/routers/envoy/route-file-writer.js';

// Another worker: writes one route after the other, as it was built.
const [path = '', ...routes] = process.argv.slice(2);
const writer = new RouteFileWriter(path);
process.once('message', () => {
  void writeAll().then(() => process.disconnect());
});
process.send?.('ready');

async function writeAll() {
  for (const [index, route] of routes.entries()) {
    const weights = [
      { cluster: 'green', weight: index + 1 },
      { cluster: 'blue', weight: 100_000 - index - 1 },
    ];
    await writer.write({ route, weights, fence: 8 });
    if (process.connected) process.send?.(route);
  }
}
