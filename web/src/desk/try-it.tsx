import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { isFinal } from '../../../contracts/order-status.js';
import { ApiError, api, bodyOf, type NewOrder, type Order } from '../api/client.js';
import { useFollowedOrder } from '../api/follow-order.js';
import { useOrderParts } from '../api/queries.js';
import { Missing } from '../pages/log-in.js';
import { Status } from '../pages/orders.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Saga } from '../parts/saga.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { Simulator, useSimulator } from './waiting.js';

const BUYERS = 100;
const AWAY_MS = 60_000;
const SEOUL = { name: 'Try it', line1: '1 Sejong-daero', city: 'Seoul', postalCode: '04524', country: 'KR' } as const;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Of a product of its own with one piece, which is hidden again afterwards: the shop's own stay as they are. */
async function withLastUnit<T>(order: (productId: number) => Promise<T>): Promise<T> {
  const { id } = await bodyOf(
    api.POST('/products', {
      body: { name: 'Try it: the last unit', category: 'Try it', price: 1_000, currency: 'KRW' },
    }),
  );
  try {
    await bodyOf(api.PUT('/inventory/{productId}', { params: { path: { productId: id } }, body: { quantity: 1 } }));
    return await order(id);
  } finally {
    await untilAnswered(() =>
      bodyOf(api.PATCH('/products/{id}', { params: { path: { id } }, body: { active: false } })),
    );
  }
}

/** Asked again for as long as the answer is one that passes. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing) throw error;
      await pause(error.waitMs(failures));
    }
  }
}

/** As a customer's page does it: asked again under the same key until there is an answer, however busy the shop is. */
async function buy(productId: number, paymentMethod: NewOrder['paymentMethod']): Promise<Order | 'sold-out'> {
  const header = { 'Idempotency-Key': crypto.randomUUID() };
  const body = { items: [{ productId, quantity: 1 }], paymentMethod, shippingAddress: SEOUL };
  try {
    for (;;) {
      const order = await untilAnswered(() => bodyOf(api.POST('/orders', { params: { header }, body })));
      // One that was answered before its stock was decided.
      if (order.cancelReason === 'INSUFFICIENT_STOCK') return 'sold-out';
      if (order.status !== 'PENDING') return order;
      await pause(1_000);
    }
  } catch (error) {
    if (error instanceof ApiError && error.problem.code === 'insufficient-stock') return 'sold-out';
    throw error;
  }
}

/** A demonstration, where the provider is a simulation. */
export function TryIt() {
  const { t } = useWords();
  const { asked } = useSimulator();
  if (asked.data === null) return <Missing />;
  if (asked.data === undefined) return <Trouble of={[asked]} />;
  return (
    <section className="page">
      <div className="heading">
        <Title>{t('try.title')}</Title>
        <Simulator />
      </div>
      <Notice>{t('try.what')}</Notice>
      <LastUnit />
      <Declined />
      <Away />
    </section>
  );
}

interface Part {
  name: 'buyers' | 'declined' | 'away';
  isBusy?: boolean;
  trying: { isPending: boolean; error: Error | null; failureReason: Error | null; mutate: () => void };
  children: ReactNode;
}

function Demonstration({ name, trying, isBusy = trying.isPending, children }: Part) {
  const { t } = useWords();
  return (
    <section className="card form try" aria-labelledby={`try-${name}`}>
      <h2 id={`try-${name}`}>{t(`try.${name}`)}</h2>
      <p>{t(`try.${name}.what`)}</p>
      <div className="acts">
        <button className="primary" type="button" disabled={isBusy} onClick={() => trying.mutate()}>
          {t(`try.${name}.go`)}
        </button>
      </div>
      <Trouble of={[trying]} isSentOnce />
      {children}
    </section>
  );
}

type Outcome = 'waiting' | 'got' | 'sold-out';

function LastUnit() {
  const { t, count } = useWords();
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const trying = useMutation({
    retry: false,
    mutationFn: () => {
      setOutcomes(Array.from({ length: BUYERS }, () => 'waiting'));
      return withLastUnit(async (productId) => {
        const answers = await Promise.all(
          Array.from({ length: BUYERS }, async (_, buyer) => {
            const answer = await buy(productId, 'card_ok');
            const outcome = answer === 'sold-out' ? answer : 'got';
            setOutcomes((before) => before.with(buyer, outcome));
            return answer;
          }),
        );
        const { quantity } = await bodyOf(api.GET('/inventory/{productId}', { params: { path: { productId } } }));
        return { quantity, winner: answers.find((answer) => answer !== 'sold-out') };
      });
    },
  });
  const such = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const result = trying.data;
  return (
    <Demonstration name="buyers" trying={trying}>
      {outcomes.length > 0 && (
        <>
          <div className="buyers" aria-hidden="true">
            {outcomes.map((outcome, buyer) => (
              <span key={buyer} data-outcome={outcome} />
            ))}
          </div>
          <p className="counts" aria-live={trying.isPending ? 'off' : 'polite'}>
            <span>{count('try.got', such('got'))}</span>
            <span>{count('try.soldOut', such('sold-out'))}</span>
            {trying.isPending && <span>{count('try.asking', such('waiting'))}</span>}
            {result && <span>{t('product.stock', { n: result.quantity })}</span>}
          </p>
          {result?.winner && <Followed orderId={result.winner.id} />}
        </>
      )}
    </Demonstration>
  );
}

function useOneOrder(
  paymentMethod: NewOrder['paymentMethod'],
  before: () => Promise<unknown> = () => Promise.resolve(),
) {
  return useMutation({
    retry: false,
    mutationFn: async () => {
      await before();
      return withLastUnit((productId) => buy(productId, paymentMethod));
    },
  });
}

function Declined() {
  const trying = useOneOrder('card_declined');
  return (
    <Demonstration name="declined" trying={trying}>
      {trying.data && trying.data !== 'sold-out' && <Followed orderId={trying.data.id} />}
    </Demonstration>
  );
}

function Away() {
  const { t, clock } = useWords();
  const { setting } = useSimulator();
  const [backAt, setBackAt] = useState<number>();
  const { mutate: set, mutateAsync } = setting;
  const trying = useOneOrder('card_provider_down', async () => {
    setBackAt(Date.now() + AWAY_MS);
    await mutateAsync('down');
  });
  useEffect(() => {
    if (backAt === undefined) return;
    const timer = setTimeout(() => setBackAt(undefined), backAt - Date.now());
    // Also where the page is left sooner: nobody else would bring it back.
    return () => {
      clearTimeout(timer);
      set('up');
    };
  }, [backAt, set]);
  return (
    <Demonstration name="away" trying={trying} isBusy={trying.isPending || backAt !== undefined}>
      {backAt !== undefined && (
        <Notice kind="wait">{t('try.backAt', { at: clock(new Date(backAt).toISOString()) })}</Notice>
      )}
      {trying.data && trying.data !== 'sold-out' && <Followed orderId={trying.data.id} />}
    </Demonstration>
  );
}

function Followed({ orderId }: { orderId: string }) {
  const { order: asked } = useFollowedOrder(orderId);
  const order = asked.data;
  const { timeline } = useOrderParts(orderId, order !== undefined && !isFinal(order.status));
  if (order === undefined) return <div className="ghost" aria-busy="true" />;
  return (
    <>
      <p className="counts">
        <Link to={`/desk/orders/${orderId}`}>{orderId}</Link>
        <Status status={order.status} />
      </p>
      <Saga order={order} timeline={timeline.data?.items ?? []} />
    </>
  );
}
