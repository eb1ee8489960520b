/**
 * Why an event could not be told of now.
 * - `not-sent`: a channel refused it.
 * - `channel-away`: a channel can't be reached, or takes nothing at all. It is nothing about the message: it waits.
 * - `no-address`: the user service does not answer.
 * - `in-flight`: another process is sending, or was when it died; its lease will tell.
 * - `not-kept`: our own database refuses to write it down, because of what it is.
 * - `own-trouble`: our own database, whatever is written. It is nothing about the message: it waits.
 */
export type Hindrance = 'not-sent' | 'channel-away' | 'no-address' | 'in-flight' | 'not-kept' | 'own-trouble';

interface Rule {
  firstPauseMs: number;
  longestPauseMs: number;
  /** Given up after so many tries, */
  tries: number;
  /** or when so long has passed since the first. */
  withinMs: number;
}

export type RetryRules = Record<Hindrance, Rule>;

export const RETRY_RULES: RetryRules = {
  'not-sent': { firstPauseMs: 1_000, longestPauseMs: 30_000, tries: 6, withinMs: Infinity },
  'channel-away': { firstPauseMs: 1_000, longestPauseMs: 30_000, tries: Infinity, withinMs: Infinity },
  'no-address': { firstPauseMs: 1_000, longestPauseMs: 15_000, tries: Infinity, withinMs: 3_600_000 },
  'in-flight': { firstPauseMs: 1_000, longestPauseMs: 5_000, tries: Infinity, withinMs: Infinity },
  'not-kept': { firstPauseMs: 1_000, longestPauseMs: 30_000, tries: 6, withinMs: Infinity },
  'own-trouble': { firstPauseMs: 500, longestPauseMs: 5_000, tries: Infinity, withinMs: Infinity },
};

/** How long to wait before the next try, each pause twice the last; or 'give up'. `tries` counts those already made, `elapsedMs` since the first. */
export function nextTry(
  rules: RetryRules,
  hindrance: Hindrance,
  { tries, elapsedMs }: { tries: number; elapsedMs: number },
): number | 'give up' {
  const rule = rules[hindrance];
  if (tries >= rule.tries || elapsedMs >= rule.withinMs) return 'give up';
  return Math.min(rule.firstPauseMs * 2 ** Math.min(tries - 1, 30), rule.longestPauseMs);
}
