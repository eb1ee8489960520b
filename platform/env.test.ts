import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  InvalidEnvironment,
  duration,
  json,
  list,
  parseEnv,
  port,
  processSettings,
  temporalSettings,
  urlList,
} from './env.js';

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.message;
  }
  throw new Error('it did not fail');
}

test('names every setting that is missing or wrong, and says why', () => {
  const read = () =>
    parseEnv(z.object({ ...processSettings, ...temporalSettings }), {
      PORT: 'eighty',
      SERVICE_NAME: '',
      PAYLOAD_KEYS: '{"a":"short"}',
    });
  const message = messageOf(read);
  expect(message).toContain('SERVICE_NAME is missing');
  expect(message).toContain('TEMPORAL_ADDRESS is missing');
  expect(message).toContain('PAYLOAD_KEY_ID is missing');
  expect(message).toContain('PORT is wrong: must be a port number');
  expect(message).toContain('PAYLOAD_KEYS is wrong: must be base64 of 32 bytes');
  expect(message).not.toContain('short');
});

test.each([
  ['1500', 1500],
  ['250ms', 250],
  ['30s', 30_000],
  ['2 minutes', 120_000],
  ['1 minute', 60_000],
  ['0.5h', 1_800_000],
])('reads the duration %s', (text, ms) => {
  expect(duration.parse(text)).toBe(ms);
});

test.each(['soon', '-1', '3 fortnights', ''])('refuses the duration "%s"', (text) => {
  expect(duration.safeParse(text).success).toBe(false);
});

test('reads lists, ports and JSON', () => {
  expect(urlList.parse('http://a:1/, http://b:2')).toEqual(['http://a:1', 'http://b:2']);
  expect(urlList.safeParse('http://a:1,here').success).toBe(false);
  expect(list.parse('a:1,b:2,')).toEqual(['a:1', 'b:2']);
  expect(port.safeParse('70000').success).toBe(false);
  expect(json(z.object({ a: z.int() })).parse('{"a":1}')).toEqual({ a: 1 });
  expect(json(z.object({})).safeParse('{').success).toBe(false);
});
