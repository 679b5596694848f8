import { pathToFileURL } from 'node:url';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { HeadgateError } from '../domain/errors.js';

/** Thrown when the module that should encode payloads cannot be used. Nothing was sent in the clear. */
class PayloadCodecError extends HeadgateError {
  constructor(file: string, got: string, cause?: unknown) {
    super('INVALID_PAYLOAD_CODEC', `The payload codec cannot be used: ${file}`, {
      expected: 'a module that exports payloadCodecs: a list of objects with encode(payloads) and decode(payloads)',
      got,
      remedy: 'Correct temporal.payloadCodec in headgate.yaml, the same for workers and clients',
      cause,
    });
  }
}

/** Encodes everything that Headgate gives to Temporal with the codecs of a module, in the order of its list. */
export async function loadDataConverter(file: string): Promise<DataConverter> {
  const { payloadCodecs } = await load(file);
  if (!Array.isArray(payloadCodecs) || payloadCodecs.length === 0)
    throw new PayloadCodecError(file, 'no list payloadCodecs');
  if (!payloadCodecs.every(isCodec)) throw new PayloadCodecError(file, 'an entry without encode or decode');
  return { payloadCodecs };
}

async function load(file: string): Promise<{ readonly payloadCodecs?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { readonly payloadCodecs?: unknown };
  } catch (error) {
    throw new PayloadCodecError(file, error instanceof Error ? error.message : String(error), error);
  }
}

function isCodec(value: unknown): value is PayloadCodec {
  const codec = value as Partial<PayloadCodec> | null;
  return typeof codec?.encode === 'function' && typeof codec.decode === 'function';
}
