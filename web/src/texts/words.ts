import { OTHER_MINOR_UNITS } from '../api/generated/lists.js';
import { keptValue } from '../app/kept.js';
import { en, type TextKey } from './en.js';
import { ko } from './ko.js';

export const LANGUAGES = { en: 'English', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;
const TEXTS = { en, ko };

const preferred: Language = navigator.language.startsWith('ko') ? 'ko' : 'en';
export const language = keptValue<Language>(
  'language',
  preferred,
  (value): value is Language => typeof value === 'string' && value in LANGUAGES,
);

type Values = Record<string, string | number>;
type Stem<K> = K extends `${infer S}_other` ? S : never;

/** Decimals of a currency's minor unit, by ISO 4217. */
export const digitsOf = (currency: string): number => OTHER_MINOR_UNITS[currency] ?? 2;

/** The words, amounts and times of a language. */
function wordsOf(lang: Language) {
  const plural = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(lang);
  const seconds = new Intl.NumberFormat(lang, { style: 'unit', unit: 'second', maximumFractionDigits: 2 });
  const whole = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
  const clock = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const countries = new Intl.DisplayNames(lang, { type: 'region' });
  const t = (key: TextKey, values: Values = {}): string =>
    TEXTS[lang][key].replaceAll(/\{(\w+)\}/g, (_match, name: string) => String(values[name] ?? ''));
  return {
    t,
    /** Of a value that comes from outside; as it is where there is no text for it. */
    known: (stem: string, value: string): string => {
      const key = `${stem}.${value}`;
      return key in TEXTS[lang] ? t(key as TextKey) : value;
    },
    count: (stem: Stem<TextKey>, n: number) =>
      t(`${stem}_${plural.select(n) === 'one' ? 'one' : 'other'}`, { n: number.format(n) }),
    /** From the minor unit. */
    money: (amount: number, currency: string) => {
      const digits = digitsOf(currency);
      const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
      return new Intl.NumberFormat(lang, { style: 'currency', currency, ...shown }).format(amount / 10 ** digits);
    },
    number: (n: number) => number.format(n),
    seconds: (n: number) => seconds.format(n),
    time: (at: string) => whole.format(new Date(at)),
    clock: (at: string) => clock.format(new Date(at)),
    country: (code: string) => countries.of(code) ?? code,
  };
}

const known = { en: wordsOf('en'), ko: wordsOf('ko') };

export const useWords = () => known[language.use()];
