// A service to roll out: says its version, is healthy, and fails as often as ERROR_RATE says.
import { createServer } from 'node:http';

const { VERSION = '1.0.0', ERROR_RATE = '0', PORT = '9000' } = process.env;
const errorRate = Number(ERROR_RATE);

const server = createServer((request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json', 'x-version': VERSION }).end(JSON.stringify(body));
  if (request.url === '/health') answer(200, { status: 'ok' });
  else if (request.url === '/version') answer(200, { version: VERSION });
  else if (Math.random() < errorRate) answer(500, { error: 'something went wrong', version: VERSION });
  else answer(200, { order: 'accepted', version: VERSION });
});
// Longer than a proxy keeps an idle connection, so that none is closed under a request.
server.keepAliveTimeout = 75_000;
server.listen(Number(PORT), () => console.log(`version ${VERSION} listens on ${server.address().port}`));
process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
