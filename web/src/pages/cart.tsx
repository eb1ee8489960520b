import { useState } from 'react';
import { Link } from 'react-router';
import { useProducts } from '../api/queries.js';
import { cart, itemsOf, setQuantity, type Basket, type CartLine } from '../app/cart.js';
import { Art } from '../parts/art.js';
import { Empty, Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { Stock } from './catalog.js';

/** The lines with their products; no total where there is no single one. */
export function usePricedCart(basket: Basket = 'cart') {
  const inCart = cart.use();
  const lines = basket === 'cart' ? inCart : itemsOf(basket);
  const asked = useProducts(lines.map(({ productId }) => productId));
  const priced = lines.map((line, index) => ({ ...line, product: asked[index]?.data, isGone: asked[index]?.isError }));
  const currencies = new Set(priced.flatMap(({ product }) => product?.currency ?? []));
  const isWhole = priced.every(({ product }) => product !== undefined);
  const [currency] = currencies;
  const total = priced.reduce((sum, { product, quantity }) => sum + (product?.price ?? 0) * quantity, 0);
  return {
    lines: priced,
    troubles: asked.filter(({ isError }) => !isError),
    isMixed: currencies.size > 1,
    ...(isWhole && currencies.size === 1 && currency !== undefined && { total, currency }),
  };
}

type Priced = ReturnType<typeof usePricedCart>['lines'][number];

function Line({ line }: { line: Priced & CartLine }) {
  const { t, money } = useWords();
  const { product, productId, quantity, isGone } = line;
  // What is being typed, also while it is no quantity.
  const [typed, setTyped] = useState<string>();
  const name = product?.name ?? '';
  return (
    <li className="line">
      <Art productId={productId} category={product?.category ?? ''} />
      <div className="line-text">
        {isGone === true ? t('cart.gone') : <Link to={`/shop/products/${productId}`}>{name}</Link>}
        <Stock productId={productId} />
      </div>
      <input
        type="number"
        min={1}
        max={10_000}
        value={typed ?? quantity}
        aria-label={t('cart.quantity', { name })}
        onBlur={() => setTyped(undefined)}
        onChange={({ target }) => {
          setTyped(target.value);
          const wanted = target.valueAsNumber;
          if (Number.isInteger(wanted) && wanted >= 1 && wanted <= 10_000) setQuantity(productId, wanted);
        }}
      />
      <strong className="price">{product && money(product.price * quantity, product.currency)}</strong>
      <button
        className="quiet"
        type="button"
        aria-label={t('cart.removeNamed', { name })}
        onClick={() => setQuantity(productId, 0)}
      >
        {t('cart.remove')}
      </button>
    </li>
  );
}

export function EmptyCart() {
  const { t } = useWords();
  return (
    <Empty>
      <p>{t('cart.empty')}</p>
      <Link className="button" to="/">
        {t('cart.toShop')}
      </Link>
    </Empty>
  );
}

export function Cart() {
  const { t, money } = useWords();
  const { lines, troubles, isMixed, total, currency } = usePricedCart();
  return (
    <section className="page">
      <Title>{t('cart.title')}</Title>
      {lines.length === 0 ? (
        <EmptyCart />
      ) : (
        <>
          <Trouble of={troubles} />
          <ul className="card lines">
            {lines.map((line) => (
              <Line key={line.productId} line={line} />
            ))}
          </ul>
          {isMixed && <Notice kind="bad">{t('cart.mixed')}</Notice>}
          <div className="total">
            <span>{t('cart.total')}</span>
            <strong>{total !== undefined && currency !== undefined && money(total, currency)}</strong>
            {total !== undefined && (
              <Link className="button primary" to="/shop/checkout">
                {t('cart.checkout')}
              </Link>
            )}
          </div>
        </>
      )}
    </section>
  );
}
