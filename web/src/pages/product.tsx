import { Link, useParams } from 'react-router';
import { useProduct } from '../api/queries.js';
import { Art } from '../parts/art.js';
import { Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { BuyButtons, Stock } from './catalog.js';
import { Missing } from './log-in.js';

export function ProductPage() {
  const { t, money } = useWords();
  const asked = useProduct(Number(useParams()['id']));
  const product = asked.data;
  if (asked.isError) return <Missing text={t('product.missing')} />;
  return (
    <article className="product-page">
      <Link className="back" to="/">
        ← {t('product.back')}
      </Link>
      <Trouble of={[asked]} />
      {product === undefined ? (
        <div className="product-wide ghost" aria-busy="true" />
      ) : (
        <div className="product-wide">
          <Art productId={product.id} category={product.category} />
          <div>
            <span className="category">{product.category}</span>
            <Title>{product.name}</Title>
            <p className="description">{product.description}</p>
            <p className="price large">{money(product.price, product.currency)}</p>
            <Stock productId={product.id} />
            <BuyButtons product={product} />
          </div>
        </div>
      )}
    </article>
  );
}
