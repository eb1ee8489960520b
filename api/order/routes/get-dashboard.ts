import { z } from 'zod';
import { ServiceAnsweredError, ServiceUnavailableError } from '../../../clients/errors.js';
import type { ServiceClient } from '../../../clients/http-client.js';
import { DASHBOARD_QUERIES, type DashboardQuery } from '../../../contracts/http/dashboard.js';
import { orderOperations } from '../../../contracts/http/order-operations.js';
import { handle } from '../../http/handle.js';
import { badGateway } from '../../http/problem.js';
import type { OrderContext } from '../service.js';

const HOUR_S = 3_600;

/** Prometheus writes numbers as text, since JSON has no NaN: what no request has been measured for. */
const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
});

export const getDashboard = ({ prometheus, logger }: OrderContext) =>
  handle(orderOperations.getDashboard, async () => {
    if (prometheus === undefined) throw unavailable('No Prometheus is named here (`PROMETHEUS_URL`).');
    const until = Math.floor(Date.now() / 1_000);
    const names = Object.keys(DASHBOARD_QUERIES) as DashboardQuery[];
    try {
      return { until, series: (await Promise.all(names.map((name) => seriesOf(prometheus, name, until)))).flat() };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError || error instanceof ServiceAnsweredError)) throw error;
      logger.warn({ reason: error.message }, 'no numbers for the desk');
      throw unavailable('Prometheus can not be asked right now.');
    }
  });

const unavailable = (detail: string) => badGateway('metrics-unavailable', detail);

async function seriesOf(prometheus: ServiceClient, name: DashboardQuery, until: number) {
  const range = { start: `${until - HOUR_S}`, end: `${until}`, step: '60' };
  const asked = new URLSearchParams({ query: DASHBOARD_QUERIES[name], ...range });
  const { data } = await prometheus.send(
    { method: 'GET', path: `/api/v1/query_range?${asked.toString()}` },
    answerSchema,
  );
  return data.result.map(({ metric, values }) => ({
    name,
    labels: metric,
    points: values.map(([at, value]) => ({ at, value: Number(value) })).filter(({ value }) => Number.isFinite(value)),
  }));
}
