import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { useParams } from 'react-router';
import { isFinal } from '../../../contracts/order-status.js';
import { ApiError, api, bodyOf, type Order, type TimelineEntry } from '../api/client.js';
import { useFollowedOrder } from '../api/follow-order.js';
import { useOrderParts } from '../api/queries.js';
import { goodsOf } from '../app/saga-picture.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Saga } from '../parts/saga.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { Missing } from './log-in.js';
import { Status } from './orders.js';

/** What operators do with an order, in the place of what its customer can. */
type ForDesk = ComponentType<{ order: Order }>;

export function OrderPage({ desk }: { desk?: ForDesk }) {
  const { t } = useWords();
  const id = useParams()['id'] ?? '';
  const { order: asked, isLost } = useFollowedOrder(id);
  if (asked.isError) return <Missing text={t('missing.order')} />;
  if (asked.data === undefined)
    return (
      <section className="page">
        <Title>{t('order.title')}</Title>
        <Trouble of={[asked]} />
        <div className="card ghost tall" aria-busy="true" />
      </section>
    );
  return <Shown order={asked.data} isLost={isLost} desk={desk} />;
}

function Shown({ order, isLost, desk: Desk }: { order: Order; isLost: boolean; desk: ForDesk | undefined }) {
  const { t, time } = useWords();
  const { payment } = order;
  const isOver = isFinal(order.status);
  const { timeline, payments } = useOrderParts(order.id, !isOver);
  const entries = timeline.data?.items ?? [];
  return (
    <section className="page">
      <div className="heading">
        <div>
          <Title>{t(Desk ? 'desk.order' : 'order.title')}</Title>
          <p className="order-id">
            {order.id} · <time dateTime={order.createdAt}>{time(order.createdAt)}</time>
          </p>
        </div>
        <div className="heading-end" aria-live="polite">
          <Status status={order.status} />
        </div>
      </div>
      {!Desk && order.cancelReason !== undefined && <Notice>{t(`reason.${order.cancelReason}`)}</Notice>}
      {!Desk && order.review === 'WAITING' && <Notice kind="wait">{t('order.review')}</Notice>}
      {!Desk && (payment?.status === 'PROCESSING' || payment?.status === 'ACTION_REQUIRED') && (
        <Notice kind="wait">
          {t('order.unpaid', { when: time(payment.expiresAt) })}{' '}
          {payment.nextAction && <a href={payment.nextAction.url}>{t('order.pay')}</a>}
        </Notice>
      )}
      {!Desk && order.needsAttention && order.review !== 'WAITING' && (
        <Notice kind="wait">{t('order.attention')}</Notice>
      )}
      {isLost && !isOver && <Notice kind="wait">{t('order.lost')}</Notice>}
      <Trouble of={[timeline, payments]} />
      <section className="card saga-card" aria-labelledby="saga-title">
        <h2 id="saga-title">{t('order.saga')}</h2>
        <Saga order={order} timeline={entries} />
        <p className="legend">{t('order.sagaLegend')}</p>
        {!Desk && !isOver && order.status !== 'CANCELLING' && <Cancel order={order} />}
      </section>
      {Desk && <Desk order={order} />}
      <div className="order-grid">
        <Receipt order={order} entries={entries} payment={payments.data?.items[0]} />
        <Happened entries={entries} />
      </div>
    </section>
  );
}

function Cancel({ order }: { order: Order }) {
  const { t } = useWords();
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: () => bodyOf(api.POST('/orders/{id}/cancel', { params: { path: { id: order.id } }, body: {} })),
    onSuccess: (changed) => client.setQueryData(['order', order.id], changed),
  });
  const isTooLate = cancelling.error instanceof ApiError && cancelling.error.status === 409;
  return (
    <div className="cancel">
      {isTooLate ? <Notice>{t('order.notCancellable')}</Notice> : <Trouble of={[cancelling]} />}
      <button type="button" disabled={cancelling.isPending || isTooLate} onClick={() => cancelling.mutate()}>
        {t(cancelling.isPending ? 'order.cancelling' : 'order.cancel')}
      </button>
    </div>
  );
}

type Payment = {
  amount: number;
  currency: string;
  status: 'AUTHORISED' | 'CHARGED' | 'DECLINED' | 'REFUNDED' | 'VOIDED';
};

/** What is still held of an order that is over was paid another way: it is not taken any more. */
const wordOf = ({ status }: Payment, order: Order) =>
  status === 'AUTHORISED' && isFinal(order.status) ? 'order.heldStill' : (`order.${status}` as const);

function Receipt({
  order,
  entries,
  payment,
}: {
  order: Order;
  entries: readonly TimelineEntry[];
  payment: Payment | undefined;
}) {
  const { t, money, time, country } = useWords();
  const { shippingAddress: to } = order;
  const paid =
    payment === undefined
      ? t(order.status === 'CANCELLED' ? 'order.moneyNever' : 'order.moneyNone')
      : t(wordOf(payment, order), { amount: money(payment.amount, payment.currency) });
  return (
    <section className="card receipt">
      <h2>{t('order.receipt')}</h2>
      <ul>
        {order.lines.map((line) => (
          <li key={line.productId}>
            <span>
              {line.quantity} × {line.productName}
            </span>
            <span>{money(line.totalPrice, order.currency)}</span>
          </li>
        ))}
      </ul>
      <p className="sum">
        <span>{t('cart.total')}</span>
        <strong>{money(order.totalPrice, order.currency)}</strong>
      </p>
      <dl>
        <dt>{t('order.money')}</dt>
        <dd data-part="money">
          {paid}
          {order.refunds?.map(({ id, amount, at }) => (
            <small key={id}>{t('order.refunded', { amount: money(amount, order.currency), when: time(at) })}</small>
          ))}
        </dd>
        <dt>{t('order.goods')}</dt>
        <dd data-part="goods">{t(goodsOf(order, entries))}</dd>
        <dt>{t('order.to')}</dt>
        <dd>
          {[to.name, to.line1, to.line2, `${to.postalCode} ${to.city}`, country(to.country)].filter(Boolean).join(', ')}
          {order.trackingNumber !== undefined && <small>{t('order.tracking', { number: order.trackingNumber })}</small>}
        </dd>
      </dl>
    </section>
  );
}

function Happened({ entries }: { entries: readonly TimelineEntry[] }) {
  const { t, count, clock, known } = useWords();
  return (
    <section className="card happened">
      <h2>{t('order.happened')}</h2>
      <ol>
        {entries.map((entry, index) => (
          <li key={index} data-outcome={entry.outcome}>
            <time dateTime={entry.at}>{clock(entry.at)}</time>
            <span>
              <strong>{t(`step.${entry.step}`)}</strong> {t(`outcome.${entry.outcome}`)}
              {entry.attempts > 1 && ` · ${count('order.attempts', entry.attempts)}`}
              {entry.tries !== undefined && entry.tries > 1 && ` · ${count('order.tries', entry.tries)}`}
              {entry.detail !== undefined && <small>{known('code', entry.detail)}</small>}
              {entry.operator !== undefined && (
                <small>{t(entry.operator.note === '' ? 'desk.sender' : 'desk.operator', entry.operator)}</small>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
