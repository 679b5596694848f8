import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadConverter } from '../../src/workflows/payload-converter.js';

const payload = (encoding: string | null, data: string): Payload => ({
  metadata: encoding === null ? {} : { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
});

describe('what people send', () => {
  test.each([
    ['no JSON', payload('json/plain', 'half an hour, please')],
    ['nothing at all', payload('json/plain', '')],
    ['half of it', payload('json/plain', '{"reason":"')],
    ['no word about how it is encoded', payload(null, 'stop')],
    ['no data', { metadata: { encoding: Buffer.from('json/plain') } }],
  ])('says nothing when it holds %s, and never throws [M-06]', (_, sent) => {
    expect(payloadConverter.fromPayload(sent)).toBeUndefined();
  });

  test('is read when a tool calls the same JSON by another name [M-06]', () => {
    expect(payloadConverter.fromPayload(payload('json/protobuf', '{"reason":"fire"}'))).toEqual({ reason: 'fire' });
  });
});

test('what was written by the default converter is read alike, and the other way round [C-12]', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.uint8Array()), (value) => {
      const read = (converter: typeof payloadConverter, from: typeof payloadConverter): unknown =>
        converter.fromPayload(from.toPayload(value));
      expect(read(payloadConverter, defaultPayloadConverter)).toEqual(read(defaultPayloadConverter, payloadConverter));
    }),
  );
});

test('what this worker has no codec for still fails: another worker will read it [C-12]', () => {
  expect(() => payloadConverter.fromPayload(payload('binary/encrypted', '…'))).toThrow(/encoding/);
});
