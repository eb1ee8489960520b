import { readRules } from '../../../monitoring/rules.js';
import { freePort } from '../../support/app.js';
import { bootPrometheus } from '../../support/prometheus.js';
import { waitFor } from '../../support/wait-for.js';

export interface Alerts {
  /** Waits until it does, with these labels among others. */
  fire(alert: string, labels: Record<string, string>): Promise<void>;
  /** Waits until it does no longer. */
  end(alert: string, labels: Record<string, string>): Promise<void>;
  /** The number of series that answer a query. Throws what Prometheus says of one that it refuses. */
  seriesOf(query: string): Promise<number>;
  stop(): Promise<void>;
}

/** What would take longer than a test: the words of the rules' file that stand for it, and what is asked here. */
const SOONER: Record<string, [words: string, instead: string]> = {
  HoldfastEventsWait: ['[5m])) > 300', '[5s])) > 2'],
};

/**
 * Prometheus as `npm start` has it, beside an application, but impatient: it looks every two seconds, and its alerts fire as soon
 * as their condition holds, for it reads monitoring/rules.yml without any `for`.
 */
export async function bootAlerts(name: string, metricsUrls: Record<string, string>): Promise<Alerts> {
  const { url, stop } = await bootPrometheus({ name, metricsUrls, port: await freePort(), rules: impatient() });
  const fires = async (alert: string, labels: Record<string, string>) => {
    const { data } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as {
      data: { alerts: { state: string; labels: Record<string, string> }[] };
    };
    const wanted = Object.entries({ alertname: alert, ...labels });
    return data.alerts.some((one) => wanted.every(([label, value]) => one.labels[label] === value));
  };
  const seriesOf = async (query: string) => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data, error } = (await answer.json()) as { data?: { result: unknown[] }; error?: string };
    if (data === undefined) throw new Error(`${query}: ${error}`);
    return data.result.length;
  };
  const within = { timeoutMs: 60_000, intervalMs: 250 };
  return {
    fire: async (alert, labels) => {
      await waitFor(`${alert} to fire`, () => fires(alert, labels), within);
    },
    end: async (alert, labels) => {
      await waitFor(`${alert} to end`, async () => !(await fires(alert, labels)), within);
    },
    seriesOf,
    stop,
  };
}

function impatient() {
  const { groups } = readRules();
  return {
    groups: groups.map(({ name, rules }) => ({
      name,
      rules: rules.map(({ for: _patience, ...rule }) => {
        const [words, instead] = SOONER[rule.alert ?? ''] ?? ['', ''];
        if (!rule.expr.includes(words)) throw new Error(`${rule.alert} does not say ${words}`);
        return { ...rule, expr: rule.expr.replace(words, instead) };
      }),
    })),
  };
}
