/** Somebody else held the lock for as long as we were ready to wait. */
export class LockNotAcquired extends Error {
  override readonly name = 'LockNotAcquired';
  constructor(
    readonly key: string,
    readonly waitedMs: number,
  ) {
    super(`${key} was held by another for ${String(waitedMs)} ms`);
  }
}

/** Redis is down or too slow to say. Whether to go on without the lock is the caller's to decide. */
export class LockUnavailable extends Error {
  override readonly name = 'LockUnavailable';
  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(`Redis can't lock ${key}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
