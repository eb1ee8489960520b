import { createServer } from 'node:net';
import supertest from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServiceClient } from '../../clients/http-client.js';
import { DASHBOARD_QUERIES } from '../../contracts/http/dashboard.js';
import { listen } from '../../platform/listen.js';
import { startOrderApi, type OrderApi } from './testing/order-api.js';

let api: OrderApi;
beforeAll(async () => {
  api = await startOrderApi('dashboard');
});
afterAll(() => api.close());

const ask = (url: string | undefined, { bearer = api.admin, query = '', timeoutMs = 10_000 } = {}) =>
  supertest(
    api.app(
      url === undefined ? {} : { prometheus: createServiceClient({ name: 'Prometheus', urls: [url], timeoutMs }) },
    ),
  )
    .get(`/dashboard${query}`)
    .set({ authorization: bearer });

it('is for admins, and asks Prometheus for what is listed and nothing else', async () => {
  const asked: (string | null)[] = [];
  const prometheus = await listen(
    (req, res) => {
      asked.push(new URL(req.url ?? '', 'http://prometheus').searchParams.get('query'));
      const values = [
        [1_769_860_800, 'NaN'],
        [1_769_860_860, '0.25'],
      ];
      res.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } }));
    },
    { host: '127.0.0.1', port: 0 },
  );
  try {
    for (const bearer of [api.alice, api.service]) expect((await ask(prometheus.url, { bearer })).status).toBe(403);
    expect((await ask(prometheus.url, { query: '?query=up' })).status).toBe(400);
    expect(asked).toEqual([]);
    const { status, body } = await ask(prometheus.url);
    expect(status).toBe(200);
    expect(asked.sort()).toEqual(Object.values(DASHBOARD_QUERIES).sort());
    expect(body).toEqual({
      until: expect.any(Number) as number,
      series: Object.keys(DASHBOARD_QUERIES).map((name) => ({
        name,
        labels: {},
        points: [{ at: 1_769_860_860, value: 0.25 }],
      })),
    });
  } finally {
    await prometheus.close();
  }
});

it('says so where there is no Prometheus, where it is away, where it refuses, and in time where it hangs', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  const refusing = await listen((_req, res) => void res.writeHead(400).end('{}'), { host: '127.0.0.1', port: 0 });
  const { port } = silent.address() as { port: number };
  for (const url of [undefined, 'http://127.0.0.1:1', refusing.url, `http://127.0.0.1:${port}`]) {
    const { status, body, headers } = await ask(url, { timeoutMs: 300 });
    expect(body).toMatchObject({ status: 502, code: 'metrics-unavailable' });
    expect([status, headers['retry-after']]).toEqual([502, '15']);
  }
  await refusing.close();
  silent.close();
});
