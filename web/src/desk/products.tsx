import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { api, bodyOf, orIfMissing, type Product } from '../api/client.js';
import { useCatalog } from '../api/queries.js';
import { Missing } from '../pages/log-in.js';
import { Field, ProductSearch, textOf } from '../parts/fields.js';
import { More, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { digitsOf, useWords } from '../texts/words.js';
import { ifMatch, NotSaved, versioned } from './versioned.js';

/** It would take away what is being typed: only an answer to what was sent shows anew how it is. */
const asItWasOpened = { refetchOnWindowFocus: false, refetchOnReconnect: false };

export function DeskProducts() {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim().slice(0, 100));
  const asked = useCatalog({ q, category: '' });
  return (
    <section className="page">
      <div className="heading">
        <Title>{t('desk.products')}</Title>
        <Link className="button primary" to="/desk/products/new">
          {t('desk.newProduct')}
        </Link>
      </div>
      <search className="desk-search">
        <ProductSearch typed={typed} onType={setTyped} />
      </search>
      <Trouble of={[asked]} />
      <ul className="card desk-list" aria-busy={asked.data === undefined}>
        {asked.data?.pages.flatMap(({ items }) =>
          items.map((product) => <Row key={product.id} product={product} />),
        ) ?? <li className="ghost" aria-hidden="true" />}
      </ul>
      <More of={asked}>{t('catalog.more')}</More>
    </section>
  );
}

function Row({ product: { id, name, category, price, currency, active } }: { product: Product }) {
  const { t, money } = useWords();
  return (
    <li className="desk-row short-row">
      <div>
        <Link to={`/desk/products/${id}`}>{name}</Link>
        <small>
          {id} · {category} · {money(price, currency)}
          {!active && ` · ${t('desk.hidden')}`}
        </small>
      </div>
      <Stock productId={id} name={name} />
    </li>
  );
}

function Stock({ productId, name }: { productId: number; name: string }) {
  const { t, number } = useWords();
  const client = useQueryClient();
  const queryKey = ['stock', productId, 'level'];
  const params = { path: { productId } };
  const asked = useQuery({
    queryKey,
    queryFn: () =>
      // Never stocked: there is no version of it either.
      orIfMissing(versioned(api.GET('/inventory/{productId}', { params })), {
        thing: { productId, quantity: 0, reserved: 0 },
        version: undefined,
      }),
    ...asItWasOpened,
  });
  const setting = useMutation({
    retry: false,
    mutationFn: (quantity: number) =>
      bodyOf(
        api.PUT('/inventory/{productId}', {
          params: { ...params, header: ifMatch(asked.data?.version) },
          body: { quantity },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ['stock', productId] }),
  });
  const level = asked.data?.thing;
  return (
    <form
      className="stock-form"
      // Anew at each level that is shown, so that the field has it.
      key={asked.data?.version}
      onSubmit={(event) => {
        event.preventDefault();
        setting.mutate(Number(textOf(new FormData(event.currentTarget), 'quantity')));
      }}
    >
      <small>{level && t('desk.held', { n: number(level.reserved) })}</small>
      <input
        type="number"
        name="quantity"
        min={0}
        max={1_000_000_000}
        required
        disabled={level === undefined}
        defaultValue={level?.quantity}
        aria-label={t('desk.canBeOrdered', { name })}
      />
      <button disabled={level === undefined || setting.isPending} aria-label={t('desk.setNamed', { name })}>
        {t('desk.set')}
      </button>
      <NotSaved of={setting} />
    </form>
  );
}

/** One that is there, or a new one. */
export function DeskProduct() {
  const given = useParams()['id'];
  const id = Number(given);
  const asked = useQuery({
    queryKey: ['desk', 'product', id],
    queryFn: () => versioned(api.GET('/products/{id}', { params: { path: { id } } })),
    enabled: given !== undefined,
    staleTime: 0,
    ...asItWasOpened,
  });
  const { t } = useWords();
  if (given === undefined) return <ProductForm />;
  if (asked.isError) return <Missing text={t('desk.noProduct')} />;
  if (asked.data === undefined) return <div className="card ghost tall" aria-busy="true" />;
  return <ProductForm known={asked.data} />;
}

/** As a form has it. */
const asTyped = (text: string) => text.replaceAll('\r\n', '\n').trim();

function changesOf(before: Product, now: Omit<Product, 'id'>): Partial<Product> {
  const shown: Record<string, unknown> = { ...before, description: asTyped(before.description) };
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== shown[name]));
}

function ProductForm({ known }: { known?: { thing: Product; version: string | undefined } }) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const product = known?.thing;
  const saving = useMutation({
    retry: false,
    mutationFn: (body: Omit<Product, 'id'>) =>
      bodyOf(
        product === undefined
          ? api.POST('/products', { body })
          : api.PATCH('/products/{id}', {
              params: { path: { id: product.id }, header: ifMatch(known?.version) },
              body: changesOf(product, body),
            }),
      ),
    onError: () => client.invalidateQueries({ queryKey: ['desk', 'product'] }),
    onSuccess: async () => {
      await client.invalidateQueries();
      void navigate('/desk/products');
    },
  });
  const price = product && product.price / 10 ** digitsOf(product.currency);
  return (
    <section className="page medium">
      <Title>{t(product === undefined ? 'desk.newProduct' : 'desk.product')}</Title>
      <form
        className="card form"
        key={known?.version}
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const currency = textOf(form, 'currency').toUpperCase() as Product['currency'];
          saving.mutate({
            name: textOf(form, 'name'),
            description: textOf(form, 'description'),
            category: textOf(form, 'category'),
            price: Math.round(Number(textOf(form, 'price')) * 10 ** digitsOf(currency)),
            currency,
            active: form.has('active'),
          });
        }}
      >
        <Field label={t('desk.name')} name="name" maxLength={200} defaultValue={product?.name} required />
        <label className="field">
          <span>{t('desk.description')}</span>
          <textarea
            name="description"
            rows={6}
            maxLength={5000}
            defaultValue={product && asTyped(product.description)}
          />
        </label>
        <Field
          label={t('catalog.category')}
          name="category"
          maxLength={100}
          defaultValue={product?.category}
          required
        />
        <div className="fields">
          <Field label={t('desk.price')} name="price" type="number" min={0} step="any" defaultValue={price} required />
          <Field
            label={t('desk.currency')}
            name="currency"
            pattern="[A-Za-z]{3}"
            defaultValue={product?.currency ?? 'KRW'}
            required
          />
        </div>
        <label className="check">
          <input type="checkbox" name="active" defaultChecked={product?.active ?? true} />
          <span>{t('desk.active')}</span>
        </label>
        <NotSaved of={saving} />
        <button className="primary" disabled={saving.isPending}>
          {t('profile.save')}
        </button>
      </form>
    </section>
  );
}
