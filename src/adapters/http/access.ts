/** The secret that a reference names: `env:NAME` or `file:PATH`. */
export type ReadSecret = (ref: string) => string;

/** Who asks, and whom it trusts. Secrets and certificates stand here by reference only. */
export interface HttpAccess {
  readonly basic?: { readonly username: string; readonly password: string };
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: {
    /** Certificates of whom to trust, PEM. @default those of the system */
    readonly ca?: string;
    /** Who we are, PEM. */
    readonly cert?: string;
    readonly key?: string;
    /** The name that the server's certificate must have. @default the host of the URL */
    readonly serverName?: string;
    /** Trusts whoever answers. */
    readonly insecureSkipVerify?: boolean;
  };
}

/** What the TLS layer needs. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Resolves references when a request is made, so that a secret that was renewed counts from the next one on. */
export interface Credentials {
  headers(): Readonly<Record<string, string>>;
  tls(): TlsOptions;
}

export const NO_CREDENTIALS: Credentials = { headers: () => ({}), tls: () => ({}) };

export function credentialsFor({ basic, bearer, headers = {}, tls = {} }: HttpAccess, read: ReadSecret): Credentials {
  return {
    headers() {
      const own = Object.entries(headers).map(([name, ref]) => [name.toLowerCase(), read(ref)] as const);
      const authorization =
        basic !== undefined
          ? `Basic ${Buffer.from(`${basic.username}:${read(basic.password)}`).toString('base64')}`
          : bearer !== undefined
            ? `Bearer ${read(bearer)}`
            : undefined;
      return { ...Object.fromEntries(own), ...(authorization === undefined ? {} : { authorization }) };
    },
    tls() {
      const { ca, cert, key, serverName, insecureSkipVerify } = tls;
      return {
        ...(ca === undefined ? {} : { ca: read(ca) }),
        ...(cert === undefined ? {} : { cert: read(cert) }),
        ...(key === undefined ? {} : { key: read(key) }),
        ...(serverName === undefined ? {} : { servername: serverName }),
        ...(insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
      };
    },
  };
}
