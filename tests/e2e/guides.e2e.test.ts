import { beforeAll, describe, expect, inject, it } from 'vitest';
import { scriptFrom, shell } from '../support/document-shell.js';
import { openShop } from '../support/shop.js';

beforeAll(async () => {
  const shop = await openShop(inject('app').gatewayUrl);
  await shop.admin.put('/inventory/1', { quantity: 50 });
});

const prints = (document: string, expected: Record<string, RegExp>) =>
  describe(document, () => {
    it.each(Object.entries(expected))('%s', async (name, pattern) => {
      expect(await shell(await scriptFrom(document, name))).toMatch(pattern);
    });
  });

prints('docs/from-demo-to-production.md', {
  prices: /"status":400[^]*"path":"price"/,
  once: /\{"items":\[\{(?:(?!"id":)[^])*"id":(?:(?!"id":)[^])*"status":"CHARGED"(?:(?!"id":)[^])*$/,
  outbox: /event published/,
  'own-data': /"productName":"Old name","unitPrice":1000/,
  errors: /"status":404[^]*"traceId":"[0-9a-f]{32}"/,
  'nobody-is-trusted': /^HTTP\/1\.1 401[^]*www-authenticate: Bearer/i,
});

prints('docs/api.md', {
  idempotency: /"id":"(ord_[^"]*)"[^]*"id":"\1"[^]*"code":"idempotency-key-reuse"/,
  problem: /"status":400(?=[^]*"path":"email")(?=[^]*"path":"role")/,
  carrier: /HTTP\/1\.1 202[^]*"status":"COMPLETED"/,
});

prints('docs/circuit-breaker.md', {
  breaker: /^circuit_breaker_state\{.*state="closed".*\} 1$/m,
});
