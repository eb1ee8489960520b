import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { ORDER_STATUSES, type OrderStatus } from '../../../contracts/order-status.js';
import type { User } from '../api/client.js';
import { useOrders } from '../api/queries.js';
import { Empty, More, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';

export function Status({ status }: { status: OrderStatus }) {
  const { t } = useWords();
  return (
    <span className="status" data-status={status}>
      {t(`status.${status}`)}
    </span>
  );
}

/** `ord_` and eight characters: enough to know one again. */
const SHORT_ID = 12;

type Asked = ReturnType<typeof useOrders>;

interface ChoiceProps {
  /** '' for all. */
  value: string;
  onChange: (value: string) => void;
}

export function StatusChoice(props: ChoiceProps) {
  const { t } = useWords();
  const options = ORDER_STATUSES.map((one): [string, string] => [one, t(`status.${one}`)]);
  return <Choice label={t('orders.status')} all={t('orders.every')} options={options} {...props} />;
}

/** One of the `options`, each with its words, or all of them. */
export function Choice(props: ChoiceProps & { label: string; all: string; options: [string, string][] }) {
  const { label, all, options, value, onChange } = props;
  return (
    <label className="field inline">
      <span>{label}</span>
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">{all}</option>
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Listed {
  asked: Asked;
  none: ReactNode;
  /** Each is a link below it. */
  at: string;
  /** Of many customers, so each says whose it is, and which. */
  isOfMany?: boolean;
}

export function OrderList({ asked, at, none, isOfMany = false }: Listed) {
  const { t, count, money, time } = useWords();
  const orders = asked.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <Trouble of={[asked]} />
      {orders?.length === 0 ? (
        <Empty>{none}</Empty>
      ) : (
        <ul className="card orders" aria-busy={orders === undefined}>
          {orders?.map((order) => (
            <li key={order.id}>
              <Link to={`${at}/${order.id}`}>
                <span className="order-names">{order.lines.map(({ productName }) => productName).join(', ')}</span>
                <span className="order-when">
                  {isOfMany && (
                    <span title={order.id}>
                      {order.id.slice(0, SHORT_ID)} · {t('desk.customer', { id: order.userId })}
                    </span>
                  )}
                  <span>
                    {time(order.createdAt)} ·{' '}
                    {count(
                      'orders.pieces',
                      order.lines.reduce((sum, line) => sum + line.quantity, 0),
                    )}
                  </span>
                </span>
                <strong className="price">{money(order.totalPrice, order.currency)}</strong>
                <Status status={order.status} />
              </Link>
            </li>
          )) ?? <li className="ghost" aria-hidden="true" />}
        </ul>
      )}
      <More of={asked}>{t('orders.more')}</More>
    </>
  );
}

export function Orders({ user }: { user: User }) {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const status = ORDER_STATUSES.find((one) => one === params.get('status'));
  const asked = useOrders({ userId: user.id, status });
  const none = (
    <>
      <p>{t(status === undefined ? 'orders.none' : 'orders.noneSuch')}</p>
      <Link className="button" to="/">
        {t('cart.toShop')}
      </Link>
    </>
  );
  return (
    <section className="page">
      <div className="heading">
        <Title>{t('orders.title')}</Title>
        <StatusChoice value={status ?? ''} onChange={(value) => setParams(value ? { status: value } : {})} />
      </div>
      <OrderList asked={asked} at="/shop/orders" none={none} />
    </section>
  );
}
