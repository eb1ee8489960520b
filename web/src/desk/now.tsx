import { useQuery } from '@tanstack/react-query';
import { ApiError, api, bodyOf, type Dashboard } from '../api/client.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';

type Series = Dashboard['series'][number];
const HOUR_S = 3_600;
/** Of the last hour there is a point for each minute: where one is missing, nothing was measured. */
const GAP_S = 90;

/** How it goes, as Prometheus has it; looked at again by itself. */
export function Now() {
  const { t } = useWords();
  const asked = useQuery({
    queryKey: ['desk', 'dashboard'],
    queryFn: () => bodyOf(api.GET('/dashboard')),
    refetchInterval: 10_000,
    // The next look is soon.
    retry: false,
  });
  const isAway = asked.error instanceof ApiError && asked.error.problem.code === 'metrics-unavailable';
  return (
    <section className="page">
      <Title>{t('desk.now')}</Title>
      {isAway ? <Notice kind="wait">{t('now.away')}</Notice> : <Trouble of={[asked]} />}
      {asked.data && !asked.isError ? (
        <Charts {...asked.data} />
      ) : (
        !asked.isError && <div className="card ghost tall" aria-busy />
      )}
    </section>
  );
}

function Charts({ series, until }: Dashboard) {
  const { t, known, number, seconds } = useWords();
  const chart = (
    title: string,
    named: Partial<Record<Series['name'], (labels: Series['labels']) => string>>,
    show = number,
  ) => {
    const lines = series.flatMap(({ name, labels, points }) => {
      const text = named[name]?.(labels);
      return text === undefined ? [] : [{ name: text, points }];
    });
    return <Chart title={title} lines={lines} until={until} show={show} />;
  };
  return (
    <>
      <p>{t('now.what')}</p>
      <div className="charts">
        {chart(t('now.ended'), { 'orders-ended-per-minute': ({ outcome = '' }) => known('status', outcome) })}
        {chart(
          t('now.answers'),
          { 'answered-within-p50': () => t('now.half'), 'answered-within-p99': () => t('now.most') },
          seconds,
        )}
        {chart(t('now.open'), { 'orders-open': ({ status = '' }) => known('status', status) })}
        {chart(t('now.attention'), {
          'orders-needing-attention': ({ step = '' }) => known('step', step),
          'orders-awaiting-review': () => t('step.review'),
        })}
        {chart(t('now.outbox'), { 'outbox-age-seconds': ({ process = '' }) => process }, seconds)}
        {chart(t('now.letters'), { 'dead-letters-of-the-hour': () => t('now.lettersLine') })}
        {chart(
          t('now.breakers'),
          { 'breakers-not-closed': ({ process = '', breaker = '' }) => `${process} → ${breaker}` },
          (isNotClosed) => t(isNotClosed > 0 ? 'now.notClosed' : 'now.closed'),
        )}
      </div>
    </>
  );
}

interface Line {
  name: string;
  points: Series['points'];
}

interface ChartParts {
  title: string;
  lines: readonly Line[];
  until: number;
  show: (value: number) => string;
}

/** What is drawn stands in words below it: each line's last value. */
function Chart({ title, lines, until, show }: ChartParts) {
  const { t } = useWords();
  const top = Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value)), 0);
  return (
    <section className="card chart">
      <h2>{title}</h2>
      <small>{lines.length > 0 && t('now.top', { value: show(top) })}</small>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {lines.map(({ name, points }, index) => (
          <path key={name} data-line={index % 6} d={pathOf(points, until, top || 1)} />
        ))}
      </svg>
      <ul>
        {lines.map(({ name, points }, index) => {
          const last = points.at(-1);
          const isNow = last !== undefined && until - last.at < GAP_S;
          return (
            <li key={name}>
              <svg viewBox="0 0 24 4" aria-hidden="true">
                <path data-line={index % 6} d="M0 2h24" />
              </svg>
              <span>{name}</span>
              <strong>{isNow ? show(last.value) : '–'}</strong>
            </li>
          );
        })}
        {lines.length === 0 && <li>{t('now.nothing')}</li>}
      </ul>
    </section>
  );
}

/** From an hour ago at 0 to now at 100, the highest value at the top. */
function pathOf(points: Series['points'], until: number, top: number): string {
  return points
    .map(({ at, value }, index) => {
      const x = (100 * (at - until + HOUR_S)) / HOUR_S;
      const y = 100 - (100 * value) / top;
      const isNew = at - (points[index - 1]?.at ?? 0) > GAP_S;
      // `h0`: one that stands alone is a dot.
      return `${isNew ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}${isNew ? 'h0' : ''}`;
    })
    .join('');
}
