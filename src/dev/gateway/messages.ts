import type { GatewayOptions } from '../../gateway/options.js';

/** What the gateway's process is told, once. */
export interface GatewayOrder {
  readonly options: GatewayOptions;
}

/** What it answers, once. */
export type GatewayAnswer =
  | { readonly trafficUrl: string; readonly adminUrl: string }
  | {
      readonly failure: {
        readonly code: string | null;
        readonly message: string;
        /** The port that could not be had; `null` when it is not about one. */
        readonly port: number | null;
        readonly expected: string | undefined;
        readonly got: string | undefined;
        readonly remedy: string | undefined;
      };
    };
