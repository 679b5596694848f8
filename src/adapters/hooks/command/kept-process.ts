import { spawn } from 'node:child_process';
import { keep, type KeeperOrder, type KeeperReport } from './keep.js';

/** A worker that is alive says so this often. */
const BEAT_MS = 1000;

/**
 * Runs a command under a keeper, a process of its own that ends it and all that it has started when nobody waits for it any
 * more: also when this process is killed or frozen, and before another worker begins the same again.
 *
 * @param signal aborted: it is asked to end, then ended
 */
export function runKept(order: KeeperOrder, signal: AbortSignal): Promise<KeeperReport> {
  const keeper = spawn(process.execPath, ['--eval', `(${keep.toString()})()`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C is meant for the worker, which ends it in order.
    detached: true,
    env: {},
  });
  const tell = (line: string): void => void keeper.stdin.write(`${line}\n`);
  keeper.stdin.on('error', () => undefined);
  const beat = setInterval(() => tell(''), BEAT_MS);
  const end = (): void => tell('end');
  return new Promise<KeeperReport>((resolve, reject) => {
    let said = '';
    keeper.stdout.on('data', (data) => {
      said += String(data);
    });
    keeper.once('error', reject);
    keeper.once('close', () => {
      try {
        resolve(JSON.parse(said) as KeeperReport);
      } catch (error) {
        reject(new Error('the process that keeps the command has ended without a word', { cause: error }));
      }
    });
    tell(JSON.stringify(order));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  }).finally(() => {
    clearInterval(beat);
    signal.removeEventListener('abort', end);
    keeper.stdin.end();
  });
}
