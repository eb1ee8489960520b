/** How our metrics are asked for, in PromQL: by the desk, and by Grafana's dashboards. */

/** In braces behind a metric: of our processes. */
export const ours = 'job="holdfast"';

export const rate = (series: string, by: string) => `sum by (${by}) (rate(${series}[5m]))`;

export const quantile = (of: number, histogram: string, by = '') =>
  `histogram_quantile(${of}, sum by (le${by && `, ${by}`}) (rate(${histogram}[5m])))`;

export const highest = (gauge: string, by: string) => `max by (${by}) (${gauge})`;
