// A service that shows where its own release stands: GET /release answers with JSON.
//
//   npm install headgate && npx tsx release-status.ts
//
// It asks Temporal, not the worker, and not on the path of users' requests: the answer is kept for two seconds.
import { createServer } from 'node:http';
import { CanaryDeployment, connectToTemporal, RolloutNotFoundError, type RolloutStatus } from 'headgate';

const KEPT_MS = 2000;

const canary = new CanaryDeployment({ client: await connectToTemporal() });
let kept: { readonly atMs: number; readonly status: Promise<RolloutStatus | null> } | null = null;

function releaseOf(service: string): Promise<RolloutStatus | null> {
  if (kept === null || Date.now() - kept.atMs > KEPT_MS) {
    const status = canary.getDeploymentStatus(service).catch((error: unknown) => {
      if (error instanceof RolloutNotFoundError) return null;
      throw error;
    });
    kept = { atMs: Date.now(), status };
  }
  return kept.status;
}

async function answer(service: string): Promise<{ readonly code: number; readonly body: unknown }> {
  const status = await releaseOf(service);
  if (status === null) return { code: 404, body: { message: `${service} has had no rollout yet` } };
  const { id, version, phase, trafficPercentage, stageEndsAt, reason, needsHuman, checks } = status;
  return {
    code: 200,
    body: {
      id,
      version,
      phase,
      trafficPercentage,
      stageEndsAt,
      why: needsHuman ?? reason,
      checks: checks.map((check) => ({ name: check.name, verdict: check.verdict, reason: check.reason })),
    },
  };
}

createServer((request, response) => {
  const send = (code: number, body: unknown): void => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(`${JSON.stringify(body, null, 2)}\n`);
  };
  if (request.url !== '/release') {
    send(404, { message: 'GET /release' });
    return;
  }
  answer('checkout').then(
    ({ code, body }) => send(code, body),
    // Temporal is away: that says nothing about the release, and must not take the service down.
    (error: unknown) => send(503, { message: error instanceof Error ? error.message : String(error) }),
  );
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
