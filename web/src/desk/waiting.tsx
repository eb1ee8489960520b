import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, bodyOf, orIfMissing, type Order } from '../api/client.js';
import { Empty, Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { Acts, WAITING_ACTS } from './acts.js';

/** More at once no one looks through: the runbook has a command for all of them. */
const MOST = 500;

type Wait = { needsAttention: true } | { review: 'WAITING' };

/** The API has the newest first, so all pages are read. */
async function readThose(wait: Wait): Promise<{ orders: Order[]; isAll: boolean }> {
  const orders: Order[] = [];
  let cursor: string | undefined;
  do {
    const query = { ...wait, limit: 100, ...(cursor !== undefined && { cursor }) };
    const page = await bodyOf(api.GET('/orders', { params: { query } }));
    orders.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && orders.length < MOST);
  return { orders, isAll: cursor === undefined };
}

/** The longest waiting first; one whose review nobody has decided in time is in both lists. */
async function readWaiting(): Promise<{ orders: Order[]; isAll: boolean }> {
  const lists = await Promise.all([readThose({ needsAttention: true }), readThose({ review: 'WAITING' })]);
  const each = new Map(lists.flatMap(({ orders }) => orders).map((order) => [order.id, order]));
  const orders = [...each.values()].sort((a, b) => sinceOf(a).localeCompare(sinceOf(b)));
  return { orders, isAll: lists.every(({ isAll }) => isAll) };
}

const sinceOf = ({ attention, updatedAt }: Order) => attention?.since ?? updatedAt;

export function Waiting() {
  const { t, count } = useWords();
  const asked = useQuery({ queryKey: ['desk', 'waiting'], queryFn: readWaiting, refetchInterval: 5_000 });
  const [marked, mark] = useState<ReadonlySet<string>>(new Set());
  const orders = asked.data?.orders;
  const chosen = orders?.filter(({ id }) => marked.has(id)) ?? [];
  const isWhole = orders !== undefined && orders.length > 0 && chosen.length === orders.length;
  const toggle = (id: string) => {
    const next = new Set(marked);
    if (!next.delete(id)) next.add(id);
    mark(next);
  };
  return (
    <section className="page">
      <div className="heading">
        <Title>{t('desk.waiting')}</Title>
        <Simulator />
      </div>
      <Trouble of={[asked]} />
      {asked.data?.isAll === false && <Notice kind="wait">{t('desk.more', { n: MOST })}</Notice>}
      {orders?.length === 0 ? (
        <Empty>
          <p>{t('desk.nothingWaits')}</p>
        </Empty>
      ) : (
        <>
          <div className="desk-bar">
            <label className="check">
              <input
                type="checkbox"
                checked={isWhole}
                onChange={() => mark(new Set(isWhole ? [] : orders?.map(({ id }) => id)))}
              />
              <span aria-live="polite">{chosen.length === 0 ? t('desk.all') : count('act.orders', chosen.length)}</span>
            </label>
            <Acts acts={WAITING_ACTS} orders={chosen} />
          </div>
          <ul className="card desk-list" aria-busy={orders === undefined}>
            {orders?.map((order) => (
              <WaitingOrder
                key={order.id}
                order={order}
                isMarked={marked.has(order.id)}
                onToggle={() => toggle(order.id)}
              />
            )) ?? <li className="ghost" aria-hidden="true" />}
          </ul>
        </>
      )}
    </section>
  );
}

function WaitingOrder({ order, isMarked, onToggle }: { order: Order; isMarked: boolean; onToggle: () => void }) {
  const { t, money, time, known } = useWords();
  const { id, attention, review } = order;
  return (
    <li className="desk-row">
      <input type="checkbox" checked={isMarked} onChange={onToggle} aria-label={t('desk.mark', { id })} />
      <div>
        <Link to={`/desk/orders/${id}`}>{id}</Link>
        <small>
          {t('desk.customer', { id: order.userId })} · {money(order.totalPrice, order.currency)}
        </small>
      </div>
      <div>
        <strong>{attention ? t(`step.${attention.step}`) : review && t('step.review')}</strong>
        <small>{attention && known('code', attention.error)}</small>
      </div>
      <time dateTime={sinceOf(order)}>{time(sinceOf(order))}</time>
    </li>
  );
}

/** What the simulated payment provider is told to be; null where the provider is no simulation. */
export function useSimulator() {
  const client = useQueryClient();
  const queryKey = ['desk', 'simulator'];
  const asked = useQuery({
    queryKey,
    queryFn: () => orIfMissing(bodyOf(api.GET('/payments/simulator')), null),
  });
  const setting = useMutation({
    // One after the other, so that the last that was asked for is how it stays.
    scope: { id: 'simulator' },
    mutationFn: (provider: 'up' | 'down') => bodyOf(api.POST('/payments/simulator', { body: { provider } })),
    onSuccess: (now) => client.setQueryData(queryKey, now),
  });
  return { asked, setting };
}

/** Where the payment provider is a simulation: away, or back. */
export function Simulator() {
  const { t } = useWords();
  const { asked, setting } = useSimulator();
  if (!asked.data) return null;
  const isUp = asked.data.provider === 'up';
  return (
    <div className="simulator">
      <span className="status" data-status={isUp ? 'COMPLETED' : 'CANCELLED'}>
        {t(isUp ? 'simulator.up' : 'simulator.down')}
      </span>
      <button type="button" disabled={setting.isPending} onClick={() => setting.mutate(isUp ? 'down' : 'up')}>
        {t(isUp ? 'simulator.takeDown' : 'simulator.bringUp')}
      </button>
      <Trouble of={[setting]} />
    </div>
  );
}
