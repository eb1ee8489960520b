import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { migrate } from '../../platform/database/migrate.js';
import { createTestDatabase } from '../../tests/support/database.js';

const MIGRATIONS = 'services/payment/prisma/migrations';

it('what was charged and refunded before there was a ledger stands in it, and what an older version writes beside it', async () => {
  const before = await mkdtemp(path.join(tmpdir(), 'payments-'));
  for (const name of ['0001-payments.sql', '0002-changed.sql'])
    await copyFile(path.join(MIGRATIONS, name), path.join(before, name));
  const database = await createTestDatabase(before);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const pay = (status: string, providerChargeId: string | null = null, declineCode: string | null = null) => {
      const orderId = randomUUID();
      return client
        .query(
          `INSERT INTO payments (id, order_id, user_id, amount, currency, status, provider_charge_id, decline_code)
           VALUES ($1, $1, 1, 100, 'KRW', $2, $3, $4)`,
          [orderId, status, providerChargeId, declineCode],
        )
        .then(() => orderId);
    };
    const refund = async (orderId: string) => {
      await client.query("UPDATE payments SET status = 'REFUNDED' WHERE order_id = $1", [orderId]);
      await client.query('INSERT INTO refunds (id, payment_id, amount) VALUES (gen_random_uuid(), $1, 100)', [orderId]);
    };
    const operationsOf = async (orderId: string) => {
      const { rows } = await client.query<{ said: string }>(
        `SELECT concat_ws(' ', CASE WHEN id = order_id THEN 'first' ELSE split_part(id, '/', 2) END, kind, amount, state, provider_reference) AS said
         FROM payment_operations WHERE order_id = $1 ORDER BY id`,
        [orderId],
      );
      return rows.map(({ said }) => said);
    };

    const [pending, charged, declined, voided] = [
      await pay('PENDING'),
      await pay('CHARGED', 'ch_1'),
      await pay('DECLINED', null, 'card_declined'),
      await pay('VOIDED'),
    ];
    const refunded = await pay('CHARGED', 'ch_2');
    await refund(refunded);
    await migrate({ url: database.url, directory: MIGRATIONS });
    const gone = ['first CAPTURE 100 DONE ch_2', 'refund-payment REFUND 100 DONE ch_2'];
    expect(await operationsOf(pending)).toEqual(['first CAPTURE 100 PENDING']);
    expect(await operationsOf(charged)).toEqual(['first CAPTURE 100 DONE ch_1']);
    expect(await operationsOf(declined)).toEqual(['first CAPTURE 100 REFUSED card_declined']);
    expect(await operationsOf(voided)).toEqual(['first CAPTURE 100 VOIDED']);
    expect(await operationsOf(refunded)).toEqual(gone);

    const meanwhile = await pay('PENDING');
    await client.query("UPDATE payments SET status = 'CHARGED', provider_charge_id = 'ch_2' WHERE order_id = $1", [
      meanwhile,
    ]);
    await refund(meanwhile);
    expect(await operationsOf(meanwhile)).toEqual(gone);
  } finally {
    await client.end();
    await database.drop();
    await rm(before, { recursive: true });
  }
});
