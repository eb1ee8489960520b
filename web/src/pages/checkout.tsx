import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useNavigate, useParams } from 'react-router';
import { PAYMENT_METHODS } from '../../../contracts/payment-methods.js';
import { ApiError, api, bodyOf, type User } from '../api/client.js';
import { attemptFor, forget, isRefusal, itemsOf, takeOut, unanswered, type Attempt } from '../app/cart.js';
import { AddressFields, addressOf, textOf } from '../parts/fields.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { EmptyCart, usePricedCart } from './cart.js';
import { Missing } from './log-in.js';

/** By the postal code that the simulated carrier knows. */
const CARRIERS = ['usual', '00000', '99999', '88888'] as const;

/** The order's id; sent again with the key of the attempt, it is the same order. */
async function place({ key, body }: Attempt): Promise<string> {
  const asked = api.POST('/orders', { params: { header: { 'Idempotency-Key': key, Prefer: 'respond-async' } }, body });
  try {
    return (await bodyOf(asked)).id;
  } catch (error) {
    // It is there all the same, and its page says why it was cancelled.
    if (error instanceof ApiError && error.problem.orderId !== undefined) return error.problem.orderId;
    throw error;
  }
}

/** Of the cart; below a product's id of one piece of it, and the cart stays as it is. */
export function Checkout({ user }: { user: User }) {
  const { t, money } = useWords();
  const navigate = useNavigate();
  const { productId } = useParams();
  const basket = productId === undefined ? 'cart' : Number(productId);
  const { lines, troubles, isMixed, total, currency } = usePricedCart(basket);
  const isSent = useRef(false);
  const placing = useMutation({
    mutationFn: place,
    onSuccess: (_orderId, wish) => {
      forget(wish);
      if (wish.basket === 'cart') takeOut(wish.body.items);
    },
    onError: (error, wish) => {
      if (error instanceof ApiError && isRefusal(error.status)) forget(wish);
      isSent.current = false;
    },
  });
  const { mutate } = placing;

  const send = useCallback(
    (wish: Attempt | undefined) => {
      if (wish === undefined || isSent.current) return;
      isSent.current = true;
      // Called only while this page is shown: whoever has gone elsewhere stays there.
      mutate(wish, { onSuccess: (orderId) => void navigate(`/shop/orders/${orderId}`, { replace: true }) });
    },
    [mutate, navigate],
  );

  useEffect(() => send(unanswered(basket, user.id)), [send, user.id, basket]);

  if (lines.length === 0 && !placing.isPending && !placing.isSuccess) return <EmptyCart />;
  if (basket !== 'cart' && lines[0]?.isGone === true) return <Missing text={t('product.missing')} />;
  return (
    <form
      className="page checkout"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const carrier = textOf(form, 'carrier');
        const address = addressOf(form);
        send(
          attemptFor(basket, user.id, {
            items: itemsOf(basket),
            paymentMethod: textOf(form, 'payment'),
            shippingAddress: carrier === 'usual' ? address : { ...address, postalCode: carrier },
          }),
        );
      }}
    >
      <Title>{t('checkout.title')}</Title>
      <div className="checkout-main">
        <section className="card form">
          <h2>{t('checkout.address')}</h2>
          <AddressFields address={user.address} name={user.name} />
        </section>
        <section className="card form demo-card">
          <h2>{t('checkout.demo')}</h2>
          <p>{t('checkout.demoHint')}</p>
          <fieldset>
            <legend>{t('checkout.payment')}</legend>
            {PAYMENT_METHODS.map((method) => (
              <label key={method} className="choice">
                <input type="radio" name="payment" value={method} defaultChecked={method === 'card_ok'} />
                <span>{t(`pay.${method}`)}</span>
              </label>
            ))}
          </fieldset>
          <fieldset>
            <legend>{t('checkout.carrier')}</legend>
            {CARRIERS.map((code) => (
              <label key={code} className="choice">
                <input type="radio" name="carrier" value={code} defaultChecked={code === 'usual'} />
                <span>{t(`carry.${code}`)}</span>
              </label>
            ))}
          </fieldset>
        </section>
      </div>
      <aside className="card summary">
        <h2>{t('checkout.summary')}</h2>
        <ul>
          {lines.map(({ productId, quantity, product }) => (
            <li key={productId}>
              <span>
                {quantity} × {product?.name}
              </span>
              <span>{product && money(product.price * quantity, product.currency)}</span>
            </li>
          ))}
        </ul>
        <p className="sum">
          <span>{t('cart.total')}</span>
          <strong>{total !== undefined && currency !== undefined && money(total, currency)}</strong>
        </p>
        {isMixed && <Notice kind="bad">{t('cart.mixed')}</Notice>}
        <Trouble of={[placing, ...troubles]} />
        {placing.isPending && placing.failureCount > 0 && <Notice kind="wait">{t('checkout.again')}</Notice>}
        <button className="primary wide" disabled={placing.isPending || total === undefined}>
          {t(placing.isPending ? 'checkout.placing' : 'checkout.place')}
        </button>
      </aside>
    </form>
  );
}
