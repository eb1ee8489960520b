import type { Redis } from 'ioredis';
import Redlock from 'redlock';
import { LockUnavailable } from './errors.js';

export interface HeldKey {
  /** Leaves the key alone when it is another's by now. Rejects with LockUnavailable when Redis fails. */
  free(): Promise<void>;
}

/** One try to take `key` for `leaseMs`. undefined: another holds it. Rejects with LockUnavailable when Redis fails. */
export async function lockKey(redis: Redis, key: string, leaseMs: number): Promise<HeldKey | undefined> {
  let failure: Error | undefined;
  // ioredis takes what redlock sends; the type asks for one form of `eval` alone.
  const redlock = new Redlock([redis as unknown as Redlock.CompatibleRedisClient], { retryCount: 0 });
  // A server's error comes as an event, and the call then fails as when somebody holds the key.
  redlock.on('clientError', (error: Error) => (failure ??= error));
  const asked = async <T>(call: () => PromiseLike<T>): Promise<T | undefined> => {
    try {
      return await call();
    } catch (error) {
      if (failure !== undefined) throw new LockUnavailable(key, failure);
      if (!(error instanceof Redlock.LockError)) throw error;
      return undefined;
    }
  };
  const lock = await asked(() => redlock.lock(key, leaseMs));
  return lock && { free: () => asked(() => lock.unlock()) };
}
