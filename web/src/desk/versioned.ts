import { ApiError, bodyOf } from '../api/client.js';

/** What was asked for, with the version of it that a change names, so that nobody overwrites what they have not seen. */
export async function versioned<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>) {
  const answer = await asked;
  return { thing: await bodyOf(Promise.resolve(answer)), version: answer.response.headers.get('ETag') ?? undefined };
}

export const ifMatch = (version: string | undefined) => (version === undefined ? {} : { 'If-Match': version });
export const hasMoved = (error: unknown) => error instanceof ApiError && error.status === 412;
