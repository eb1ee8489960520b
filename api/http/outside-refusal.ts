import type { ProblemCode } from '../../contracts/http/problem.js';

/** Why the holder of a good token of an outside provider is nobody here. */
const OUTSIDE_REFUSALS = [
  'email-not-verified',
  'email-of-another-user',
  'user-disabled',
] as const satisfies ProblemCode[];
type OutsideRefusal = (typeof OUTSIDE_REFUSALS)[number];

export function isOutsideRefusal(code: string): code is OutsideRefusal {
  return (OUTSIDE_REFUSALS as readonly string[]).includes(code);
}
