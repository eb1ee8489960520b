import { FINDING_KINDS, type Finding, type ReconciliationReport } from '../../contracts/reconciliation.js';

/** A report in lines for people. */
export function describeReport(report: ReconciliationReport): string {
  const { findings, counts, repaired, checked, moving, since, unknown, information } = report;
  const { needAttention, settled, unpublishedEvents } = information;
  const total = totalOf(counts);
  const lines = [
    ...unknown.map((orderId) => `There is no order ${orderId}, and there never was`),
    ...repaired.map((one) => `${one.gone ? 'repaired' : 'NOT REPAIRED'}  ${inWords(one)}: ${one.did}`),
    ...findings.map((one) => `FOUND  ${inWords(one)}${one.repair ? ' (--repair can see to it)' : ''}`),
    ...(total > findings.length ? [`and ${total - findings.length} more`] : []),
    ...(needAttention.length > 0 ? [`waiting for an operator: ${needAttention.join(', ')}`] : []),
    ...settled.map(
      ({ orderId, step, at, stands }) => `settled by hand: ${step} of ${orderId}, at ${at}; its books say: ${stands}`,
    ),
    ...(unpublishedEvents.count > 0
      ? [`${unpublishedEvents.count} events wait for Kafka, the oldest since ${unpublishedEvents.oldest ?? ''}`]
      : []),
    ...(moving > 0 ? [`${moving} orders changed at each look, so they are left for the next time`] : []),
    ...kindsOf(findings).map((kind) => `${kind}: ${FINDING_KINDS[kind].means}`),
    `${total === 0 ? 'No finding' : total === 1 ? '1 finding' : `${total} findings`}; compared ${Object.entries(checked)
      .map(([source, count]) => `${count} ${source}`)
      .join(', ')}${since === undefined ? '' : `: what has changed since ${since}, and what is not over`}`,
  ];
  return lines.join('\n');
}

export function totalOf(counts: ReconciliationReport['counts']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function inWords({ kind, orderId, productId, detail, units, money }: Finding): string {
  const about = orderId === undefined ? `product ${productId ?? ''}` : `order ${orderId}`;
  const worth = [
    ...(units === undefined ? [] : [units === 1 ? '1 unit' : `${units} units`]),
    ...(money === undefined ? [] : [`${money.amount} ${money.currency}`]),
  ];
  return `${kind}  ${about}: ${detail}${worth.length > 0 ? `; ${worth.join(', ')}` : ''}`;
}

const kindsOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ kind }) => kind))];
