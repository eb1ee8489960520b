import { useDeferredValue, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useCatalog, useCategories, useStock } from '../api/queries.js';
import type { Product } from '../api/client.js';
import { addToCart } from '../app/cart.js';
import { Art } from '../parts/art.js';
import { ProductSearch } from '../parts/fields.js';
import { Empty, More, Trouble } from '../parts/notice.js';
import { useWords } from '../texts/words.js';

const FEW = 5;

export function Stock({ productId }: { productId: number }) {
  const { t, number } = useWords();
  const { data } = useStock(productId);
  if (data === undefined) return <span className="stock">&nbsp;</span>;
  const n = data.quantity;
  const level = n === 0 ? 'none' : n <= FEW ? 'low' : 'well';
  const key = n === 0 ? 'product.out' : n <= FEW ? 'product.low' : 'product.stock';
  return (
    <span className="stock" data-level={level}>
      {t(key, { n: number(n) })}
    </span>
  );
}

export function BuyButtons({ product }: { product: Product }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const { data } = useStock(product.id);
  const isOut = data?.quantity === 0;
  const { name } = product;
  return (
    <div className="buy">
      <button
        className="primary"
        type="button"
        disabled={isOut}
        aria-label={t('product.buyNamed', { name })}
        onClick={() => void navigate(`/shop/checkout/${product.id}`)}
      >
        {t('product.buy')}
      </button>
      <button
        className="round"
        type="button"
        disabled={isOut}
        aria-label={t('product.addNamed', { name })}
        title={t('product.add')}
        onClick={() => addToCart(product.id)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 5v14M5 12h14" />
        </svg>
      </button>
    </div>
  );
}

function ProductCard({ product }: { product: Product }) {
  const { money } = useWords();
  const { id, name, description, category, price, currency } = product;
  return (
    <li className="product">
      <Art productId={id} category={category} />
      <div className="product-text">
        <span className="category">{category}</span>
        <h2>
          <Link to={`/shop/products/${id}`}>{name}</Link>
        </h2>
        <p>{description}</p>
      </div>
      <div className="product-end">
        <div>
          <strong className="price">{money(price, currency)}</strong>
          <Stock productId={id} />
        </div>
        <BuyButtons product={product} />
      </div>
    </li>
  );
}

export function Catalog() {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState(params.get('q') ?? '');
  const q = useDeferredValue(typed.trim().slice(0, 100));
  const category = params.get('category') ?? '';
  const categories = useCategories();
  const catalog = useCatalog({ q, category });
  const products = catalog.data?.pages.flatMap(({ items }) => items);
  const choose = (name: string) => setParams(name === '' ? {} : { category: name }, { replace: true });

  return (
    <>
      <section className="hero">
        <h1>{t('hero.title')}</h1>
        <p>{t('hero.text')}</p>
      </section>
      <search className="filters">
        <ProductSearch typed={typed} onType={setTyped} />
        <div className="chips" role="group" aria-label={t('catalog.category')}>
          <button type="button" aria-pressed={category === ''} onClick={() => choose('')}>
            {t('catalog.all')}
          </button>
          {categories.data?.items.map(({ name }) => (
            <button key={name} type="button" aria-pressed={category === name} onClick={() => choose(name)}>
              {name}
            </button>
          ))}
        </div>
      </search>
      <Trouble of={[catalog, categories]} />
      {products?.length === 0 ? (
        <Empty>
          <p>{t('catalog.none')}</p>
          <button
            type="button"
            onClick={() => {
              setTyped('');
              choose('');
            }}
          >
            {t('catalog.clear')}
          </button>
        </Empty>
      ) : (
        <ul className="products" aria-busy={products === undefined}>
          {products?.map((product) => <ProductCard key={product.id} product={product} />) ??
            Array.from({ length: 8 }, (_, index) => <li key={index} className="product ghost" aria-hidden="true" />)}
        </ul>
      )}
      <More of={catalog}>{t('catalog.more')}</More>
    </>
  );
}
