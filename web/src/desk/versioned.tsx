import { ApiError, bodyOf } from '../api/client.js';
import { Notice, Trouble } from '../parts/notice.js';
import { useWords } from '../texts/words.js';

/** What was asked for, with the version of it that a change names, so that nobody overwrites what they have not seen. */
export async function versioned<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>) {
  const answer = await asked;
  return { thing: await bodyOf(Promise.resolve(answer)), version: answer.response.headers.get('ETag') ?? undefined };
}

export const ifMatch = (version: string | undefined) => (version === undefined ? {} : { 'If-Match': version });

/** Why a change was not taken: also because somebody has made another meanwhile. */
export function NotSaved({ of }: { of: Parameters<typeof Trouble>[0]['of'][number] }) {
  const { t } = useWords();
  const hasMoved = of.error instanceof ApiError && of.error.status === 412;
  return hasMoved ? <Notice kind="bad">{t('desk.moved')}</Notice> : <Trouble of={[of]} isSentOnce />;
}
