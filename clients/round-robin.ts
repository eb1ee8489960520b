const restMs = 5000;

export interface RoundRobin {
  /** All instances, the next one's turn first, those that failed lately last. */
  inTurn(): string[];
  failed(url: string): void;
  worked(url: string): void;
}

export function createRoundRobin(urls: string[], now: () => number = Date.now): RoundRobin {
  const restingUntil = new Map<string, number>();
  let turn = 0;
  return {
    inTurn: () => {
      const first = turn++ % urls.length;
      const ordered = [...urls.slice(first), ...urls.slice(0, first)];
      const rests = (url: string) => (restingUntil.get(url) ?? 0) > now();
      return [...ordered.filter((url) => !rests(url)), ...ordered.filter(rests)];
    },
    failed: (url) => void restingUntil.set(url, now() + restMs),
    worked: (url) => void restingUntil.delete(url),
  };
}
