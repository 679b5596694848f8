import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';

/** What tools for people call the JSON that somebody typed. */
const TYPED_BY_PEOPLE: readonly string[] = ['json/plain', 'json/protobuf'];

/**
 * Reads a message that holds no JSON, although it says so, as one that says nothing.
 *
 * With the default converter one such signal would fail every workflow task from then on: neither an abort nor a breach
 * would be heard any more. What is encoded otherwise still fails: it means that this worker lacks the codec, and another
 * one will read it.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: (payload) => {
    const encoding = payload.metadata?.encoding;
    const isTyped = encoding == null || TYPED_BY_PEOPLE.includes(decode(encoding));
    return isTyped ? (readLoosely(payload) as never) : defaultPayloadConverter.fromPayload(payload);
  },
};

function readLoosely({ data }: Payload): unknown {
  try {
    return JSON.parse(decode(data ?? new Uint8Array())) as unknown;
  } catch {
    return undefined;
  }
}
