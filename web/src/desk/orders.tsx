import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { CANCEL_REASONS, ORDER_STATUSES, type CancelReason } from '../../../contracts/order-status.js';
import { ApiError, api, bodyOf, type Order } from '../api/client.js';
import { CARRIER_EVENTS } from '../api/generated/lists.js';
import { useOrderParts, useOrders } from '../api/queries.js';
import { isRefusal } from '../app/cart.js';
import { OrderPage } from '../pages/order.js';
import { Choice, OrderList, StatusChoice } from '../pages/orders.js';
import { Field, SearchField, textOf } from '../parts/fields.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import type { TextKey } from '../texts/en.js';
import { digitsOf, useWords } from '../texts/words.js';
import { Acts, actsOf, Dialog, DialogEnd } from './acts.js';
import { useSimulator } from './waiting.js';

export function DeskOrders() {
  const { t } = useWords();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const status = ORDER_STATUSES.find((one) => one === params.get('status'));
  const cancelReason = CANCEL_REASONS.find((one) => one === params.get('reason'));
  const customer = Number(params.get('customer') ?? '') || undefined;
  const asked = useOrders({ userId: customer, status, cancelReason });
  const search = (changed: Record<string, string>) => {
    const all = { ...Object.fromEntries(params), ...changed };
    setParams(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')));
  };
  return (
    <section className="page">
      <Title>{t('desk.orders')}</Title>
      <search className="desk-search">
        <SearchField
          label={t('desk.orderId')}
          name="id"
          placeholder="ord_…"
          onSearch={(id) => {
            if (id !== '') void navigate(`/desk/orders/${encodeURIComponent(id)}`);
          }}
        />
        <SearchField
          label={t('desk.customerId')}
          name="customer"
          inputMode="numeric"
          pattern="[0-9]*"
          defaultValue={customer ?? ''}
          onSearch={(customer) => search({ customer })}
        />
        <StatusChoice value={status ?? ''} onChange={(status) => search({ status })} />
        <Choice
          label={t('desk.reason')}
          all={t('desk.everyReason')}
          options={CANCEL_REASONS.map((one) => [one, t(wordsOf(one))])}
          value={cancelReason ?? ''}
          onChange={(reason) => search({ reason })}
        />
      </search>
      <OrderList asked={asked} at="/desk/orders" isOfMany none={<p>{t('desk.noneSuch')}</p>} />
    </section>
  );
}

export const DeskOrder = () => <OrderPage desk={OrderActs} />;

/** Where the words for a customer speak of themselves. */
const ASKED_BY: Partial<Record<CancelReason, TextKey>> = {
  CUSTOMER_REQUEST: 'desk.byCustomer',
  OPERATOR_REQUEST: 'desk.byOperator',
};
const wordsOf = (reason: CancelReason): TextKey => ASKED_BY[reason] ?? `reason.${reason}`;

function OrderActs({ order }: { order: Order }) {
  const { t, time, known } = useWords();
  const { attention, review } = order;
  const { workflow, trace, events } = useOrderParts(order.id, false).timeline.data?.links ?? {};
  return (
    <section className="card form" aria-labelledby="acts-title">
      <h2 id="acts-title">{t('desk.acts')}</h2>
      <p className="links">
        <Link to={`/desk/users/${order.userId}`}>{t('desk.customer', { id: order.userId })}</Link>
        {workflow !== undefined && <Elsewhere at={workflow}>{t('desk.workflow')}</Elsewhere>}
        {trace !== undefined && <Elsewhere at={trace}>{t('desk.trace')}</Elsewhere>}
        {events !== undefined && <Elsewhere at={events}>{t('desk.events')}</Elsewhere>}
      </p>
      {order.cancelReason !== undefined && (
        <p>
          {t(wordsOf(order.cancelReason))} {order.cancelNote}
        </p>
      )}
      {attention !== undefined && (
        <Notice kind="wait">
          {t('desk.attention', { step: t(`step.${attention.step}`), since: time(attention.since) })}{' '}
          {known('code', attention.error)}
        </Notice>
      )}
      {review === 'WAITING' && attention === undefined && <Notice kind="wait">{t('desk.review')}</Notice>}
      <Acts acts={actsOf(order)} orders={[order]} />
      <Refund order={order} />
      {order.status === 'DELIVERY_STARTED' && order.deliveryId !== undefined && (
        <SimulatedCarrier deliveryId={order.deliveryId} />
      )}
      <Mails order={order} />
    </section>
  );
}

const Elsewhere = ({ at, children }: { at: string; children: string }) => (
  <a href={at} target="_blank" rel="noreferrer">
    {children}
  </a>
);

/** Says what the carrier would: also where it was told to be silent. */
function SimulatedCarrier({ deliveryId }: { deliveryId: string }) {
  const { t } = useWords();
  const client = useQueryClient();
  const { asked } = useSimulator();
  const reporting = useMutation({
    retry: false,
    mutationFn: (report: (typeof CARRIER_EVENTS)[number]) =>
      bodyOf(
        api.POST('/deliveries/{id}/simulated-events', {
          params: { path: { id: deliveryId } },
          body: { status: report },
        }),
      ),
    onSettled: () => client.invalidateQueries(),
  });
  if (!asked.data) return null;
  return (
    <section aria-labelledby="carrier-title">
      <h3 id="carrier-title">{t('desk.carrier')}</h3>
      <div className="acts">
        {CARRIER_EVENTS.map((report) => (
          <button key={report} type="button" disabled={reporting.isPending} onClick={() => reporting.mutate(report)}>
            {t(`carrier.${report}`)}
          </button>
        ))}
      </div>
      <Trouble of={[reporting]} isSentOnce />
    </section>
  );
}

function Mails({ order: { id: orderId, updatedAt } }: { order: Order }) {
  const { t, time } = useWords();
  const asked = useQuery({
    queryKey: ['order-parts', orderId, 'mails'],
    queryFn: () => bodyOf(api.GET('/notifications', { params: { query: { orderId } } })),
    // They come a moment after what they tell of.
    refetchInterval: () => Date.now() - Date.parse(updatedAt) < 60_000 && 5_000,
  });
  return (
    <section aria-labelledby="mails-title">
      <h3 id="mails-title">{t('desk.mails')}</h3>
      <Trouble of={[asked]} />
      {asked.data?.items.length === 0 && <small>{t('desk.noMails')}</small>}
      <ul>
        {asked.data?.items.map(({ id, event, channel, status, sentAt, createdAt }) => (
          <li key={id}>
            {event} <small>{[channel, t(`mail.${status}`), time(sentAt ?? createdAt)].join(' · ')}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Of what was charged and is not back yet. */
function Refund({ order }: { order: Order }) {
  const { t } = useWords();
  const [isOpen, open] = useState(false);
  const { payments } = useOrderParts(order.id, false);
  const payment = payments.data?.items[0];
  if (payment?.status !== 'CHARGED') return null;
  const left = payment.refunds.reduce((rest, { amount }) => rest - amount, payment.amount);
  return (
    <div className="acts">
      <button type="button" disabled={left <= 0} onClick={() => open(true)}>
        {t('act.refund')}
      </button>
      {isOpen && <RefundDialog order={order} left={left} onClose={() => open(false)} />}
    </div>
  );
}

interface Wish {
  amount: number;
  reason: string;
}

/**
 * Those whose answer was lost, by order and amount. Asked for again, however worded, it is the same refund: with the key and
 * the reason that it was sent with, since a key is good for one wording.
 */
const unanswered = new Map<string, { key: string; body: Wish }>();

function RefundDialog({ order, left, onClose }: { order: Order; left: number; onClose: () => void }) {
  const { t, money } = useWords();
  const client = useQueryClient();
  const unit = 10 ** digitsOf(order.currency);
  const nameOf = ({ amount }: Wish) => `${order.id} ${amount}`;
  const refunding = useMutation({
    retry: false,
    mutationFn: (wish: Wish) => {
      const { key, body } = unanswered.get(nameOf(wish)) ?? { key: crypto.randomUUID(), body: wish };
      unanswered.set(nameOf(wish), { key, body });
      const params = { path: { id: order.id }, header: { 'Idempotency-Key': key } };
      return bodyOf(api.POST('/orders/{id}/refunds', { params, body }));
    },
    onSuccess: onClose,
    onSettled: (_refund, error, wish) => {
      if (error === null || (error instanceof ApiError && isRefusal(error.status))) unanswered.delete(nameOf(wish));
      return client.invalidateQueries();
    },
  });
  return (
    <Dialog title={t('act.refund')} isPending={refunding.isPending} onClose={onClose}>
      <p>{t('act.refund.what', { left: money(left, order.currency) })}</p>
      <form
        className="form-plain"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          refunding.mutate({
            amount: Math.round(Number(textOf(form, 'amount')) * unit),
            reason: textOf(form, 'reason'),
          });
        }}
      >
        <Field
          label={t('act.amount', { currency: order.currency })}
          name="amount"
          type="number"
          min={1 / unit}
          max={left / unit}
          step={1 / unit}
          defaultValue={left / unit}
          required
          autoFocus
        />
        <Field label={t('act.note')} name="reason" hint={t('act.noteHint')} maxLength={200} required />
        <Trouble of={[refunding]} isSentOnce />
        <DialogEnd isPending={refunding.isPending} label={t('act.refund')} onClose={onClose} />
      </form>
    </Dialog>
  );
}
