/** What a row holds, and how often it was changed: the database counts, whoever changes it. */
export type Versioned<T> = T & { version: bigint };

/** What a change may follow: one of these versions, whatever is there, or, undefined, also nothing. */
export type Expected = readonly bigint[] | 'existing' | undefined;

/** For the `where` of the statement that makes the change, so that nobody comes between. */
export const asExpected = (expected: Expected) =>
  expected === undefined || expected === 'existing' ? {} : { version: { in: [...expected] } };
