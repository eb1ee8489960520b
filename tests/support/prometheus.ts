import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeMetricsTargets } from '../../stack/servers/prometheus.js';
import { startServers } from '../../stack/servers/start-servers.js';
import { silent, testDir } from './app.js';

interface Wanted {
  name: string;
  metricsUrls: Record<string, string>;
  port: number;
  rules: object;
}

/** Prometheus as `npm start` has it, beside an application, but it looks every two seconds, and by other rules. */
export async function bootPrometheus({ name, metricsUrls, port, rules }: Wanted) {
  const dir = path.resolve(testDir, `${name}-prometheus`);
  writeMetricsTargets(dir, metricsUrls);
  const { servers, env, stop } = await startServers({
    dir,
    only: ['prometheus'],
    useGiven: false,
    durable: false,
    started: false,
    ports: { PROMETHEUS_PORT: port },
    progress: silent,
  });
  const [prometheus, url] = [servers['prometheus'], env['PROMETHEUS_URL']];
  if (prometheus === undefined || url === undefined) throw new Error('there is no Prometheus');
  const config = path.join(dir, 'data', 'prometheus', 'prometheus.yml');
  const rulesFile = path.join(dir, 'data', 'prometheus', 'rules.yml');
  writeFileSync(rulesFile, JSON.stringify(rules));
  const settings = JSON.parse(readFileSync(config, 'utf8')) as object;
  const global = { scrape_interval: '2s', evaluation_interval: '2s' };
  writeFileSync(config, JSON.stringify({ ...settings, global, rule_files: [rulesFile] }));
  await prometheus.start();
  return { url, stop };
}
