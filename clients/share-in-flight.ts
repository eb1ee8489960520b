/** Callers who ask for the same while it is being asked share one call, and its answer or error. Nothing is kept after it. */
export function shareInFlight<K, V>(ask: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const asking = new Map<K, Promise<V>>();
  return (key) => {
    const under = asking.get(key);
    if (under !== undefined) return under;
    const started = ask(key).finally(() => asking.delete(key));
    asking.set(key, started);
    return started;
  };
}
