import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
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

describe('in a worker of workflows', () => {
  const codec = new EncryptionCodec({ keys: { one }, current: 'one' }, { inWorkflows: true });
  const where = { namespace: 'default', workflowId: 'order-1' };
  const workflow = { type: 'workflow', ...where } as const;

  test('what an operator gave an activity by hand is taken, and nothing else', async () => {
    expect(read(await codec.decode([payload], { type: 'activity', isLocal: false, ...where }))).toEqual({
      name: 'Alice',
    });
    const local = { type: 'activity', isLocal: true, ...where } as const;
    await expect(codec.decode([payload], local)).rejects.toThrow('not encrypted');
    await expect(codec.decode([payload])).rejects.toThrow('not encrypted');
  });

  test('what a workflow is told and nobody can read is none', async () => {
    const [encoded, unknown] = await codec.encode([
      payload,
      { ...payload, metadata: { encoding: Buffer.from('my/own') } },
    ]);
    const data = Buffer.from(encoded!.data!);
    const changed = Buffer.from(data);
    changed[20]! ^= 1;
    for (const poison of [
      payload,
      {},
      { ...encoded, data: data.subarray(0, 20) },
      { ...encoded, data: changed },
      unknown!,
    ])
      expect(read(await codec.decode([poison], workflow))).toBeNull();
    expect(read(await codec.decode(encoded ? [encoded] : [], workflow))).toEqual({ name: 'Alice' });
  });

  test('who lacks a key fails: with it the same is read', async () => {
    const written = await new EncryptionCodec({ keys: { two }, current: 'two' }).encode([payload]);
    await expect(codec.decode(written, workflow)).rejects.toThrow('two');
  });
});

test('does not start without its current key, or with one that is too short', () => {
  expect(() => new EncryptionCodec({ keys: { one }, current: 'two' })).toThrow('PAYLOAD_KEYS');
  expect(() => new EncryptionCodec({ keys: { one: 'c2hvcnQ=' }, current: 'one' })).toThrow('32 bytes');
});
