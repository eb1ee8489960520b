import type { InputHTMLAttributes } from 'react';
import { COUNTRIES } from '../api/generated/lists.js';
import type { Address } from '../api/client.js';
import { useWords } from '../texts/words.js';

export function Field({
  label,
  hint,
  ...input
}: { label: string; hint?: string } & InputHTMLAttributes<HTMLInputElement>) {
  const hintId = `${input.name ?? ''}-hint`;
  return (
    <label className="field">
      <span>{label}</span>
      <input {...input} aria-describedby={hint === undefined ? undefined : hintId} />
      {hint !== undefined && <small id={hintId}>{hint}</small>}
    </label>
  );
}

/** Searches for what stands in it once it is sent. */
export function SearchField({
  onSearch,
  ...field
}: Parameters<typeof Field>[0] & { name: string; onSearch: (text: string) => void }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(textOf(new FormData(event.currentTarget), field.name));
      }}
    >
      <Field {...field} />
    </form>
  );
}

/** What the catalog is searched for, as it is typed. */
export function ProductSearch({ typed, onType }: { typed: string; onType: (text: string) => void }) {
  const { t } = useWords();
  return (
    <input
      type="search"
      value={typed}
      maxLength={100}
      placeholder={t('catalog.search')}
      aria-label={t('catalog.search')}
      onChange={({ target }) => onType(target.value)}
    />
  );
}

const ADDRESS_LINES: (InputHTMLAttributes<HTMLInputElement> & { name: Exclude<keyof Address, 'country' | 'phone'> })[] =
  [
    { name: 'name', autoComplete: 'name', maxLength: 200 },
    { name: 'line1', autoComplete: 'address-line1', maxLength: 200 },
    { name: 'line2', autoComplete: 'address-line2', maxLength: 200, required: false },
    { name: 'postalCode', autoComplete: 'postal-code', maxLength: 20 },
    { name: 'city', autoComplete: 'address-level2', maxLength: 100 },
  ];

export function AddressFields({ address, name }: { address: Address | null; name: string }) {
  const { t, country } = useWords();
  const known: Address = address ?? { name, line1: '', city: '', postalCode: '', country: 'KR' };
  const countries = COUNTRIES.map((code) => ({ code, name: country(code) })).sort((a, b) =>
    a.name.localeCompare(b.name),
  );
  return (
    <div className="fields">
      {ADDRESS_LINES.map(({ name: field, required = true, ...input }) => (
        <Field
          key={field}
          label={t(`address.${field}`)}
          name={field}
          defaultValue={known[field] ?? ''}
          required={required}
          {...input}
        />
      ))}
      <label className="field">
        <span>{t('address.country')}</span>
        <select name="country" defaultValue={known.country} autoComplete="country">
          {countries.map(({ code, name: shown }) => (
            <option key={code} value={code}>
              {shown}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
};

export function addressOf(form: FormData): Address {
  const line2 = textOf(form, 'line2');
  return {
    name: textOf(form, 'name'),
    line1: textOf(form, 'line1'),
    ...(line2 !== '' && { line2 }),
    city: textOf(form, 'city'),
    postalCode: textOf(form, 'postalCode'),
    country: textOf(form, 'country') as Address['country'],
  };
}
