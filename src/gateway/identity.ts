import { readFileSync } from 'node:fs';
import { HeadgateError } from '../domain/errors.js';
import type { GatewayOwner } from './options.js';

/** By which a gateway is told from any other program that answers on its port. */
const PROGRAM = 'headgate-gateway';

/** What a gateway says about itself. */
export class Identity {
  private trafficUrl: string | null = null;

  constructor(private owner: GatewayOwner | null) {}

  listensAt(trafficUrl: string): void {
    this.trafficUrl = trafficUrl;
  }

  describe(): object {
    return {
      program: PROGRAM,
      version: packageVersion(),
      owner: this.owner?.directory ?? null,
      config: this.owner?.config ?? null,
      pid: process.pid,
      trafficUrl: this.trafficUrl,
    };
  }

  /** Its owner has started again, perhaps with another configuration. @throws HeadgateError `FOREIGN_OWNER` */
  takenOverBy(owner: GatewayOwner): void {
    if (owner.directory !== this.owner?.directory) {
      throw new HeadgateError('FOREIGN_OWNER', 'This gateway belongs to somebody else', {
        expected: this.owner?.directory ?? 'nobody',
        got: owner.directory,
      });
    }
    this.owner = owner;
  }
}

let version: string | undefined;

/** Of the package that this gateway is part of. */
export function packageVersion(): string {
  version ??= (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;
  return version;
}
