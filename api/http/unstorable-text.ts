/** A NUL, or half of a surrogate pair: JSON can say them, PostgreSQL can't keep them. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** The paths of the texts in a parsed value that no database of ours could store. */
export function unstorableTexts(value: unknown, path: string[] = []): string[] {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? [path.join('.')] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unstorableTexts(inner, [...path, key]));
}
