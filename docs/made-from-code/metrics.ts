import { metricOf, METRICS, TEMPORAL_METRICS, type MetricName } from '../../contracts/metrics.js';
import { readRules } from '../../monitoring/rules.js';
import { createMetrics } from '../../platform/metrics.js';
import { code, codes, table } from './table.js';

export function metricTables(): Record<string, string> {
  const ours = Object.keys(METRICS) as MetricName[];
  const ofNode = createMetrics('any').registry.getMetricsAsArray();
  return {
    ours: table(
      ['metric', 'type', 'labels', 'what it says', 'answered by'],
      ours.map((name) => {
        const { type, help, labels = {}, of } = metricOf(name);
        return [code(name), type, Object.entries(labels).map(labelText).join('; '), help, of.join(', ')];
      }),
    ),
    temporal: table(
      ['metric', 'what it says', 'answered by'],
      Object.entries(TEMPORAL_METRICS).map(([name, { help, of, seldom }]) => [
        code(name),
        seldom ? `${help}; there once it has happened` : help,
        of === 'workflows' ? 'order-worker' : 'each worker',
      ]),
    ),
    node: table(
      ['metric', 'what it says'],
      ofNode.map(({ name, help }) => [code(name), help]),
    ),
  };
}

const labelText = ([label, values]: [string, readonly string[] | string]) =>
  `${code(label)}: ${typeof values === 'string' ? values : codes(values)}`;

export function alertTables(): Record<string, string> {
  const rules = readRules().groups.flatMap((group) => group.rules);
  return {
    alerts: table(
      ['alert', 'severity', 'after', 'says', 'what to do'],
      rules.flatMap(({ alert, labels, annotations = {}, for: after = 'at once' }) => {
        const { summary = '', runbook = '' } = annotations;
        const link = runbook.replace(/^docs\/(monitoring\.md)?/, '');
        const text = runbook.replace(/^.*#/, '').replaceAll('-', ' ');
        return alert === undefined
          ? []
          : [[code(alert), labels?.['severity'] ?? '', after, inWords(summary), `[${text}](${link})`]];
      }),
    ),
  };
}

/** `{{ $labels.step | humanize }}` is the step. */
const inWords = (template: string) => template.replaceAll(/\{\{ \$(?:labels\.)?(\w+)[^}]*\}\}/g, '*$1*');
