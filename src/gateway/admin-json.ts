import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeadgateError } from '../domain/errors.js';

/** What the admin API answers. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  UNKNOWN_ROUTE: 404,
  UNKNOWN_BACKEND: 422,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  AMBIGUOUS_ROUTE: 409,
  STALE_FENCE: 409,
  BODY_TOO_LARGE: 413,
  FOREIGN_HOST: 421,
  FOREIGN_OWNER: 409,
};

/** @throws HeadgateError `BODY_TOO_LARGE`, `INVALID_JSON` */
export async function readJson(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limitBytes) {
      throw new HeadgateError('BODY_TOO_LARGE', 'The body is too large', {
        expected: `at most ${String(limitBytes)} bytes`,
      });
    }
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HeadgateError('INVALID_JSON', 'The body is not JSON', {
      expected: 'JSON',
      got: text.slice(0, 80),
      cause,
    });
  }
}

/** What a caller is told of anything that was thrown. */
export function refusal(error: unknown): Answer {
  if (error instanceof HeadgateError) return { status: STATUS_OF_CODE[error.code] ?? 400, body: refusalOf(error) };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof URIError) return { status: 400, body: { code: 'INVALID_PATH', message } };
  return { status: 500, body: { code: 'INTERNAL', message } };
}

export function refusalOf({ code, message, expected, got }: HeadgateError): object {
  return { code, message, expected, got };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}
