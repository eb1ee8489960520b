/** What failed, in words: fetch says "fetch failed" of everything, and the rest in its cause. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === 'fetch failed' && error.cause instanceof Error
    ? error.cause.message || String((error.cause as NodeJS.ErrnoException).code)
    : error.message;
}
