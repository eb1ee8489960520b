import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { RECORD_SOURCES } from '../../../contracts/reconciliation.js';
import { ApiError, api, bodyOf, type Reconciliation } from '../api/client.js';
import { Empty, Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';

type Run = NonNullable<Reconciliation['run']>;
type Report = NonNullable<Reconciliation['report']>;
type Finding = Report['findings'][number];

/** What no record accounts for, as the last reconciliation has it; another begins at a click. */
export function DeskReconciliation() {
  const { t } = useWords();
  const client = useQueryClient();
  const queryKey = ['desk', 'reconciliation'];
  const asked = useQuery({
    queryKey,
    queryFn: () => bodyOf(api.GET('/reconciliation')),
    refetchInterval: ({ state }) => (state.data?.run?.state === 'running' ? 1_000 : 10_000),
    // The next look is soon.
    retry: false,
  });
  const starting = useMutation({
    retry: false,
    mutationFn: () => bodyOf(api.POST('/reconciliation')),
    // A look that is under way knows nothing of the run that begins.
    onMutate: () => client.cancelQueries({ queryKey }),
    onSuccess: (now) => client.setQueryData(queryKey, now),
  });
  const isAway = asked.error instanceof ApiError && asked.error.problem.code === 'reconciliation-unavailable';
  const now = asked.data;
  return (
    <section className="page">
      <div className="heading">
        <Title>{t('desk.reconciliation')}</Title>
        <button
          className="primary"
          type="button"
          disabled={asked.isError || now === undefined || now.run?.state === 'running' || starting.isPending}
          onClick={() => starting.mutate()}
        >
          {t('reconciliation.now')}
        </button>
      </div>
      <p>{t('reconciliation.what')}</p>
      {isAway ? <Notice kind="wait">{t('reconciliation.away')}</Notice> : <Trouble of={[asked]} />}
      <Trouble of={[starting]} isSentOnce />
      {now && <HowItRan run={now.run} />}
      {now?.report && <Findings report={now.report} />}
      {asked.isPending && <div className="card ghost tall" aria-busy="true" />}
    </section>
  );
}

function HowItRan({ run }: { run: Run | undefined }) {
  const { t, time, number } = useWords();
  if (run === undefined)
    return (
      <Empty>
        <p>{t('reconciliation.never')}</p>
      </Empty>
    );
  const { state, startedAt, endedAt, checked } = run;
  const kinds = { running: 'wait', completed: 'good', failed: 'bad' } as const;
  return (
    <>
      <Notice kind={kinds[state]}>{t(`reconciliation.${state}`, { at: time(endedAt ?? startedAt) })}</Notice>
      {checked && (
        <p className="counts">
          {RECORD_SOURCES.map((source) => (
            <span key={source}>
              {t(`source.${source}`)} <strong>{number(checked[source])}</strong>
            </span>
          ))}
        </p>
      )}
    </>
  );
}

function Findings({ report }: { report: Report }) {
  const { t, count, time, number } = useWords();
  const { findings, total, since, startedAt, checked, moving } = report;
  return (
    <section className="page" aria-labelledby="findings-title">
      <h2 id="findings-title">{total === 0 ? t('reconciliation.clean') : count('reconciliation.found', total)}</h2>
      <small>
        {time(startedAt)} ·{' '}
        {since === undefined ? t('reconciliation.all') : t('reconciliation.since', { since: time(since) })} ·{' '}
        {count('act.orders', checked.orders)}
        {moving > 0 && ` · ${count('reconciliation.moving', moving)}`}
      </small>
      {findings.length > 0 && (
        <ul className="card desk-list">
          {findings.map((finding, index) => (
            <FindingRow key={index} finding={finding} />
          ))}
        </ul>
      )}
      {total > findings.length && (
        <Notice kind="wait">{t('reconciliation.more', { n: number(total - findings.length) })}</Notice>
      )}
    </section>
  );
}

function FindingRow({ finding }: { finding: Finding }) {
  const { t, count, money } = useWords();
  const { kind, orderId, productId, detail, units, repair } = finding;
  const worth = [
    ...(units === undefined ? [] : [count('orders.pieces', units)]),
    ...(finding.money ? [money(finding.money.amount, finding.money.currency)] : []),
  ];
  return (
    <li className="desk-row finding">
      <div>
        <strong>{t(`finding.${kind}`)}</strong>
        <small lang="en">{detail}</small>
      </div>
      <div>
        {orderId !== undefined &&
          (kind.endsWith('-without-order') ? orderId : <Link to={`/desk/orders/${orderId}`}>{orderId}</Link>)}
        {productId !== undefined && (
          <Link to={`/desk/products/${productId}`}>{t('reconciliation.product', { id: productId })}</Link>
        )}
        <small>{worth.join(' · ')}</small>
      </div>
      <small>
        {repair === undefined ? t('reconciliation.byHand') : t('reconciliation.repair', { id: orderId ?? '' })}
      </small>
    </li>
  );
}
