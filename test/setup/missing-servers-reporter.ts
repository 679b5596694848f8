import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { MISSING_SERVER } from '../helpers/real-servers.js';

/** Names, at the end of a run, every suite that was left out because its server is missing. */
export class MissingServersReporter implements Reporter {
  private readonly write: (text: string) => unknown;

  constructor(write: (text: string) => unknown = (text) => process.stdout.write(text)) {
    this.write = write;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const leftOut = modules.flatMap((module) => [...module.children.allTests('skipped')].flatMap(lineAbout));
    if (leftOut.length > 0) this.write(`\n Left out, because a server is missing:\n${leftOut.join('')}\n`);
  }
}

function lineAbout(test: TestCase): string[] {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  if (note === undefined || !note.startsWith(MISSING_SERVER)) return [];
  return [
    `   ${test.module.relativeModuleId}: ${test.parent.type === 'suite' ? test.parent.name : test.name}: ${note}\n`,
  ];
}
