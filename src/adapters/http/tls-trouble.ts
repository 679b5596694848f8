const NAME_ITS_AUTHORITY = 'Name who vouches for it, a certificate as PEM: tls: { ca: file:ca.pem }';

const RENEW = 'Renew its certificate, or correct the clock of this machine';

const REMEDIES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: NAME_ITS_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: NAME_ITS_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NAME_ITS_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: NAME_ITS_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NAME_ITS_AUTHORITY,
  CERT_SIGNATURE_FAILURE: NAME_ITS_AUTHORITY,
  CERT_HAS_EXPIRED: RENEW,
  CERT_NOT_YET_VALID: RENEW,
  ERR_TLS_CERT_ALTNAME_INVALID: 'Correct the host in url:, or say whose certificate it has: tls: { serverName: … }',
  ERR_SSL_WRONG_VERSION_NUMBER: 'Correct url:, it seems to speak http: without TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'Correct url:, it seems to speak http: without TLS',
  ERR_OSSL_PEM_NO_START_LINE: 'Let tls.cert and tls.key name a certificate and its private key as PEM',
};

/** With TLS 1.3 a server hangs up on whoever does not show a certificate, and does not always get to say why. */
const HUNG_UP =
  'If it wants to know who asks, show it a certificate: tls: { cert: file:client.pem, key: file:client.key }';

const SIGNS_OF_HANGING_UP: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** What to do when the other side could not be asked for want of trust; `undefined` where that is not the reason. */
export function remedyForTls(url: string, error: unknown): string | undefined {
  if (!url.startsWith('https:')) return undefined;
  const codes = codesOf(error);
  const known = codes.map((code) => REMEDIES[code]).find((remedy) => remedy !== undefined);
  if (known !== undefined) return known;
  const wantsUs = codes.some((code) => SIGNS_OF_HANGING_UP.has(code) || code.endsWith('_CERTIFICATE_REQUIRED'));
  return wantsUs ? HUNG_UP : undefined;
}

function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const others: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...own, ...others.flatMap(codesOf), ...codesOf(error.cause)];
}
