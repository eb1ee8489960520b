import supertest from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import type { reconciliationSchema } from '../../contracts/http/reconciliation.js';
import { RECONCILIATION_SCHEDULE } from '../../contracts/reconciliation.js';
import { createTemporalClient } from '../../platform/temporal/client.js';
import { scheduleReconciliation } from '../../stack/setup/temporal.js';
import { waitFor } from '../../tests/support/wait-for.js';
import { damagesOf } from '../../workflows/reconciliation/testing/damage.js';
import { openShop, type Shop } from '../../workflows/reconciliation/testing/open-shop.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
let shop: Shop;
beforeAll(async () => {
  [api, shop] = await Promise.all([startOrderApi('reconciliation'), openShop()]);
});
afterAll(() => Promise.all([api.close(), shop.close()]));

type Method = 'get' | 'post';
const ask = (method: Method = 'get', { bearer = api.admin, temporal = shop.temporal.client } = {}) =>
  supertest(api.app({ temporal }))[method]('/reconciliation').set({ authorization: bearer });

type Shown = z.output<typeof reconciliationSchema>;
const shown = async (method?: Method) => (await ask(method)).body as Shown;

const unavailable = { status: 502, code: 'reconciliation-unavailable' };

it('is for admins, and is not to be had where Temporal is away or has no schedule', async () => {
  const away = createTemporalClient({ ...shop.temporal, address: '127.0.0.1:1' });
  for (const bearer of [api.alice, api.service])
    for (const method of ['get', 'post'] as const) expect((await ask(method, { bearer })).status).toBe(403);
  const answers = [shop.temporal.client, away.client].flatMap((temporal) =>
    (['get', 'post'] as const).map((method) => ask(method, { temporal })),
  );
  for (const { body, headers } of await Promise.all(answers))
    expect([body, headers['retry-after']]).toEqual([expect.objectContaining(unavailable), '15']);
  await away.close();
});

it(
  'begins one run, however often it is asked for, and tells how far it is and what it found',
  { timeout: 120_000 },
  async () => {
    await scheduleReconciliation({ ...shop.temporal, everyMs: 365 * 86_400_000 });
    expect((await ask()).body).toEqual({});
    const { orderId } = await damagesOf(shop)['stock-still-held']();

    const first = await ask('post');
    expect([first.status, first.headers['location']]).toEqual([202, '/reconciliation']);
    const { run } = first.body as Shown;
    expect(run).toMatchObject({ state: 'running', startedAt: expect.any(String) as string });
    // It rests for ten seconds before it looks at what is wrong once more.
    const going = await waitFor('it to have looked at the order', async () => {
      const now = await shown();
      return now.run?.checked?.orders === 1 && now;
    });
    expect(going).not.toHaveProperty('report');
    // A schedule names its runs by the second: two of one second would be one anyway.
    const second = (time: string | number | undefined) => Math.floor(new Date(time ?? NaN).getTime() / 1_000);
    await waitFor('the next second', () => second(Date.now()) > second(run?.startedAt));
    expect((await shown('post')).run).toMatchObject({ state: 'running', startedAt: run?.startedAt });
    const ended = () =>
      waitFor(
        'it to end',
        async () => {
          const now = await shown();
          return now.run && now.run.state !== 'running' && now;
        },
        { timeoutMs: 60_000 },
      );
    const done = await ended();
    expect(done).toMatchObject({
      run: { state: 'completed', startedAt: run?.startedAt },
      report: { total: 1, findings: [{ kind: 'stock-still-held', orderId, units: 1, repair: 'release-stock' }] },
    });

    // One that fails tells nothing, and takes nothing away of what was found before.
    const next = await shown('post');
    expect(next).toMatchObject({ run: { state: 'running' }, report: done.report });
    expect(next.run?.startedAt).not.toBe(run?.startedAt);
    const { info } = await shop.temporal.client.schedule.getHandle(RECONCILIATION_SCHEDULE).describe();
    await shop.workflows.getHandle(info.recentActions.at(-1)?.action.workflow.workflowId ?? '').terminate('a mistake');
    expect(await ended()).toMatchObject({ run: { state: 'failed' }, report: done.report });
  },
);
