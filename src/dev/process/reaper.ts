import { spawn } from 'node:child_process';

/**
 * Ends the programs that it watches, should this process die without a chance to do it itself. What is to outlive us is not
 * watched.
 */
export interface Reaper {
  /** Its own process; absent when it could not be started. */
  readonly pid: number | undefined;
  watch(pid: number): void;
  forget(pid: number): void;
  close(): void;
}

/**
 * A process of its own that hears when ours has gone, even by kill -9: the pipe between us closes. What it still
 * watches then is asked to end, and ended.
 */
export function startReaper(): Reaper {
  const child = spawn(process.execPath, ['--eval', `(${reap.toString()})()`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // It must outlive us, not keep us.
  child.unref();
  child.stdin.on('error', () => undefined);
  child.on('error', () => undefined);
  const tell = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    pid: child.pid,
    watch: (pid) => tell(`+${String(pid)}`),
    forget: (pid) => tell(`-${String(pid)}`),
    close: () => void child.stdin.end(),
  };
}

/** Runs in the reaper's process, so it uses nothing from outside of itself. */
function reap(): void {
  const pids = new Set<number>();
  let text = '';
  const signalAll = (signal: 'SIGTERM' | 'SIGKILL' | 0): void => {
    for (const pid of pids) {
      try {
        // The program leads a group of its own; whatever it started ends with it.
        process.kill(-pid, signal);
      } catch {
        pids.delete(pid);
      }
    }
  };
  process.stdin.on('data', (data) => {
    text += String(data);
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('+')) pids.add(Number(line.slice(1)));
      else pids.delete(Number(line.slice(1)));
    }
  });
  process.stdin.on('end', () => {
    signalAll('SIGTERM');
    let looks = 0;
    const timer = setInterval(() => {
      looks += 1;
      signalAll(looks > 20 ? 'SIGKILL' : 0);
      if (pids.size === 0) clearInterval(timer);
    }, 250);
  });
  // Ctrl-C is meant for the one who watches over us.
  process.on('SIGINT', () => undefined);
}
