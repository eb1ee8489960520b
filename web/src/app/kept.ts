import { useSyncExternalStore } from 'react';

/** A value that this browser keeps, the same in all tabs; what is found there and isn't fit is taken for none. */
export function keptValue<T>(name: string, none: T, isFit: (value: unknown) => value is T) {
  const key = `holdfast.${name}`;
  const listeners = new Set<() => void>();
  let seen: { text: string | null; value: T } = { text: null, value: none };

  const get = (): T => {
    const text = localStorage.getItem(key);
    if (text !== seen.text) seen = { text, value: parsed(text) };
    return seen.value;
  };
  const parsed = (text: string | null): T => {
    try {
      const value: unknown = JSON.parse(text ?? 'null');
      return isFit(value) ? value : none;
    } catch {
      return none;
    }
  };
  const set = (value: T): void => {
    localStorage.setItem(key, JSON.stringify(value));
    listeners.forEach((tell) => tell());
  };
  const subscribe = (tell: () => void) => {
    listeners.add(tell);
    window.addEventListener('storage', tell);
    return () => {
      listeners.delete(tell);
      window.removeEventListener('storage', tell);
    };
  };
  return { get, set, use: () => useSyncExternalStore(subscribe, get) };
}
