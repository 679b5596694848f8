/** What the keeper is told, as the first line of its input. */
export interface KeeperOrder {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string;
  /** So much of its output is kept. */
  readonly outputBytes: number;
  /** Between being asked to end and being ended. */
  readonly graceMs: number;
  /** Who does not say for so long that somebody waits is taken for dead. */
  readonly leaseMs: number;
  /** The variable and the value by which processes are known that left the group. */
  readonly mark: string;
}

/** How it ended, as the only line of its output. */
export interface KeeperReport {
  readonly code: number | null;
  readonly signal: string | null;
  /** It could not be started: the system's own word for why. */
  readonly failed?: string;
  readonly output: string;
}

/**
 * Runs in a process of its own, so it uses nothing from outside of itself. Runs one command in a process group of its own,
 * takes its output in, and ends the whole group when it has ended, when it is told to, and when whoever started it is gone,
 * also by kill -9, or frozen.
 */
export function keep(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { readdirSync, readFileSync } = process.getBuiltinModule('node:fs');
  let order: KeeperOrder | null = null;
  let group: number | undefined;
  let text = '';
  let heardAtMs = performance.now();
  let isEnding = false;
  let report: KeeperReport | null = null;
  const output: Buffer[] = [];
  let bytes = 0;

  const signalGroup = (signal: NodeJS.Signals | 0): boolean => {
    if (group === undefined) return false;
    try {
      process.kill(-group, signal);
      return true;
    } catch {
      return false;
    }
  };
  /** Those that began a group of their own, where the system tells. */
  const marked = (): number[] => {
    try {
      return readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
        .map(Number)
        .filter((pid) => {
          try {
            return readFileSync(`/proc/${String(pid)}/environ`, 'latin1')
              .split('\0')
              .includes(order?.mark ?? '');
          } catch {
            return false;
          }
        });
    } catch {
      return [];
    }
  };
  const signalAll = (signal: NodeJS.Signals): boolean => {
    const left = marked();
    for (const pid of left) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    }
    return signalGroup(signal) || left.length > 0;
  };
  const leave = (): void => {
    const said = report ?? { code: null, signal: 'SIGKILL', output: '' };
    const full = { ...said, output: Buffer.concat(output).toString('utf8') };
    process.stdout.write(`${JSON.stringify(full)}\n`, () => process.exit(0));
  };
  /** Asks everybody to end, and ends who does not. */
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    const graceMs = order?.graceMs ?? 0;
    const sinceMs = performance.now();
    signalAll('SIGTERM');
    const look = setInterval(() => {
      const isOver = performance.now() - sinceMs >= graceMs;
      const isLeft = isOver ? signalAll('SIGKILL') : signalGroup(0) || marked().length > 0;
      if (isLeft && performance.now() - sinceMs < graceMs + 2000) return;
      clearInterval(look);
      leave();
    }, 50);
  };
  const take = (part: Buffer): void => {
    if (order === null || bytes >= order.outputBytes) return;
    output.push(part.subarray(0, order.outputBytes - bytes));
    bytes += part.length;
  };
  const start = (given: KeeperOrder): void => {
    order = given;
    const [file = '', ...args] = given.argv;
    const child = spawn(file, args, { env: { ...given.env }, cwd: given.cwd, detached: true, stdio: 'pipe' });
    group = child.pid;
    child.stdin.on('error', () => undefined);
    child.stdin.end(given.input);
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error: NodeJS.ErrnoException) => {
      report = { code: null, signal: null, failed: error.code ?? error.message, output: '' };
      leave();
    });
    child.once('exit', (code, signal) => {
      report ??= { code, signal, output: '' };
      // What it wrote last is still in the pipe.
      setImmediate(end);
    });
    setInterval(() => {
      if (performance.now() - heardAtMs > given.leaseMs) end();
    }, 500);
  };
  process.stdin.on('data', (data) => {
    heardAtMs = performance.now();
    text += String(data);
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (order === null) start(JSON.parse(line) as KeeperOrder);
      else if (line === 'end') end();
    }
  });
  process.stdin.on('end', end);
  process.stdout.on('error', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}
