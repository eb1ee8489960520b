import { LockNotAcquired } from './lock-key.js';

export interface LocalLine {
  /** Waits for one's turn for `key` in this process, until `deadline` (epoch ms). Returns what ends the turn. */
  enter(key: string, deadline: number): Promise<() => void>;
}

/** After so many turns of this process in a row, another process gets a chance to take the lock. */
const turnsInARow = 8;
const chanceMs = 10;

/**
 * First come, first served within a process. Of many callers waiting for the same lock only one asks Redis, so that
 * waiting costs no Redis commands and the last one waits no longer than the line is long.
 */
export function createLocalLine(): LocalLine {
  const lines = new Map<string, { waiting: (() => void)[]; turns: number }>();

  const leave = (key: string) => {
    const line = lines.get(key);
    const next = line?.waiting.shift();
    if (line === undefined || next === undefined) {
      lines.delete(key);
      return;
    }
    line.turns += 1;
    if (line.turns % turnsInARow === 0) setTimeout(next, chanceMs);
    else next();
  };

  return {
    enter: (key, deadline) => {
      const end = once(() => leave(key));
      const line = lines.get(key);
      if (line === undefined) {
        lines.set(key, { waiting: [], turns: 0 });
        return Promise.resolve(end);
      }
      const since = Date.now();
      return new Promise((resolve, reject) => {
        const turn = () => {
          clearTimeout(timer);
          resolve(end);
        };
        const timer = setTimeout(
          () => {
            const place = line.waiting.indexOf(turn);
            // No place in line any more: it is this one's turn, after the pause for others.
            if (place === -1) return;
            line.waiting.splice(place, 1);
            reject(new LockNotAcquired(key, Date.now() - since));
          },
          Math.max(0, deadline - since),
        );
        line.waiting.push(turn);
      });
    },
  };
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
