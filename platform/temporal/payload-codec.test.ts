import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { expect, test } from 'vitest';
import { EncryptionCodec } from './payload-codec.js';

const key = () => randomBytes(32).toString('base64');
const [one, two] = [key(), key()];
const payload = defaultPayloadConverter.toPayload({ name: 'Alice' });

const read = (payloads: Payload[]) => defaultPayloadConverter.fromPayload(payloads[0]!);

test('what it encrypts only it reads', async () => {
  const codec = new EncryptionCodec({ keys: { one }, current: 'one' });
  const encoded = await codec.encode([payload]);
  expect(Buffer.from(encoded[0]?.data ?? []).includes('Alice')).toBe(false);
  expect(read(await codec.decode(encoded))).toEqual({ name: 'Alice' });
});

test('reads what an older key wrote, and writes with the current one', async () => {
  const old = await new EncryptionCodec({ keys: { one }, current: 'one' }).encode([payload]);
  const rotated = new EncryptionCodec({ keys: { one, two }, current: 'two' });
  expect(read(await rotated.decode(old))).toEqual({ name: 'Alice' });
  const [written] = await rotated.encode([payload]);
  expect(Buffer.from(written?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('two');
});

test('refuses what is plain, changed, cut short, under another name or by a key that it does not have', async () => {
  const codec = new EncryptionCodec({ keys: { one, two }, current: 'one' });
  const [encoded] = await codec.encode([payload]);
  const data = Buffer.from(encoded!.data!);
  const metadata = encoded!.metadata!;
  const changed = Buffer.from(data);
  changed[20]! ^= 1;
  await expect(codec.decode([payload])).rejects.toThrow('not encrypted');
  await expect(codec.decode([{ metadata, data: changed }])).rejects.toThrow('does not match');
  await expect(codec.decode([{ metadata, data: data.subarray(0, 20) }])).rejects.toThrow('cut short');
  await expect(
    codec.decode([{ metadata: { ...metadata, 'encryption-key-id': Buffer.from('two') }, data }]),
  ).rejects.toThrow('does not match');
  await expect(
    codec.decode([{ metadata: { ...metadata, 'encryption-key-id': Buffer.from('three') }, data }]),
  ).rejects.toThrow('three');
});

test('takes what an operator gave an activity by hand where that is allowed, and nothing else', async () => {
  const codec = new EncryptionCodec({ keys: { one }, current: 'one' }, { activitiesByHand: true });
  const where = { namespace: 'default', workflowId: 'order-1' };
  expect(read(await codec.decode([payload], { type: 'activity', isLocal: false, ...where }))).toEqual({
    name: 'Alice',
  });
  await expect(codec.decode([payload], { type: 'activity', isLocal: true, ...where })).rejects.toThrow('not encrypted');
  await expect(codec.decode([payload], { type: 'workflow', ...where })).rejects.toThrow('not encrypted');
  await expect(codec.decode([payload])).rejects.toThrow('not encrypted');
});

test('does not start without its current key, or with one that is too short', () => {
  expect(() => new EncryptionCodec({ keys: { one }, current: 'two' })).toThrow('PAYLOAD_KEYS');
  expect(() => new EncryptionCodec({ keys: { one: 'c2hvcnQ=' }, current: 'one' })).toThrow('32 bytes');
});
