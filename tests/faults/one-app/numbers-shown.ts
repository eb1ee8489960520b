import { beforeAll, describe, expect, it } from 'vitest';
import { DASHBOARD_QUERIES } from '../../../contracts/http/dashboard.js';
import { DASHBOARDS } from '../../../monitoring/dashboards.js';
import { comparedIn, selectorsOf } from '../../../monitoring/promql.js';
import { readRules } from '../../../monitoring/rules.js';
import type { RunningApp } from '../../support/app.js';
import { mailsArrive } from '../../support/inbox.js';
import { openShop, placeOrder, reaches, stockedProduct } from '../../support/shop.js';
import { waitFor } from '../../support/wait-for.js';
import type { Alerts } from './alerts.js';

/** What need not be there, by words of the query, and why. All else has an answer. */
const SELDOM: Record<string, string> = {
  'status=~"5.."': 'no service has answered with an error of its own',
  temporal_workflow_task_execution_failed: 'no workflow task has failed',
  reconciliation_findings: 'no reconciliation has run: this application has none by the clock',
  '(reconciliation_finished_timestamp_seconds{job="holdfast"}) > 0': 'the same',
};

/** Rules count orders that were placed two minutes ago. */
const WITHIN = { timeoutMs: 150_000, intervalMs: 1_000 };

/** Every query of Grafana's panels, of the desk and of Prometheus's rules, asked while there are orders. */
export function numbersShown(app: () => RunningApp, alerts: () => Alerts): void {
  beforeAll(async () => {
    const shop = await openShop(app().gatewayUrl);
    const product = await stockedProduct(shop, { quantity: 3 });
    const good = await placeOrder(shop.alice, product);
    const refused = await placeOrder(shop.alice, product, { paymentMethod: 'card_declined' });
    const undone = await placeOrder(shop.alice, product, { postalCode: '88888' });
    const soldOut = await placeOrder(shop.alice, product, { quantity: 4 });
    expect(soldOut.status).toBe(409);
    await reaches(shop.alice, good.body.id, 'COMPLETED');
    await reaches(shop.alice, refused.body.id, 'CANCELLED');
    await reaches(shop.alice, undone.body.id, 'DELIVERY_STARTED');
    await shop.alice.post(`/orders/${undone.body.id}/cancel`, {});
    expect((await shop.anyone.post('/payments/webhooks/simulated', {})).status).toBe(401);
    await mailsArrive(good.body.id, 4, 90_000);
  });

  /** Those of its parts that have no answer. */
  async function silentIn(query: string): Promise<string[]> {
    await alerts().seriesOf(query);
    const asked = [...new Set([comparedIn(query), ...selectorsOf(query).map(({ text }) => text)])];
    const wanted = asked.filter((part) => !Object.keys(SELDOM).some((words) => part.includes(words)));
    const isSilent = (part: string) =>
      waitFor(part, () => alerts().seriesOf(part), WITHIN).then(
        () => [],
        () => [part],
      );
    return (await Promise.all(wanted.map(isSilent))).flat();
  }

  const queries = {
    'the desk': Object.values(DASHBOARD_QUERIES),
    ...Object.fromEntries(
      Object.values(DASHBOARDS).map(({ title, rows }) => [
        title,
        Object.values(rows).flatMap((panels) => panels.flatMap((panel) => Object.values(panel.queries))),
      ]),
    ),
    ...Object.fromEntries(readRules().groups.map(({ name, rules }) => [name, rules.map(({ expr }) => expr)])),
  };
  it('leaves out none but what somebody asks for', () => {
    const all = Object.values(queries).flat();
    expect(Object.keys(SELDOM).filter((words) => !all.some((query) => query.includes(words)))).toEqual([]);
  });

  describe.each(Object.entries(queries))('%s', (_name, asked) => {
    it('has an answer to each of its queries', async () => {
      expect((await Promise.all(asked.map(silentIn))).flat()).toEqual([]);
    });
  });
}
