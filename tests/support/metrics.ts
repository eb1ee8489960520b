export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** By the name of the metric: its series, those of a histogram together. */
export type MetricsAnswer = Map<string, Sample[]>;

/** What the process answers at `/metrics`. Throws where a metric is said twice, which Prometheus refuses. */
export async function metricsAt(url: string): Promise<MetricsAnswer> {
  const answer: MetricsAnswer = new Map();
  let samples: Sample[] = [];
  for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
    const name = /^# TYPE (\S+)/.exec(line)?.[1];
    if (name !== undefined) {
      if (answer.has(name)) throw new Error(`${name} is said twice`);
      answer.set(name, (samples = []));
    }
    const [, labels = '', value] = /^\w+(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (value === undefined) continue;
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text]);
    samples.push({ labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) });
  }
  return answer;
}
