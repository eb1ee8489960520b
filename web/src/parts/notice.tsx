import type { ReactNode } from 'react';
import { ApiError } from '../api/client.js';
import { useWords } from '../texts/words.js';

export function Notice({ kind = 'info', children }: { kind?: 'info' | 'wait' | 'bad' | 'good'; children: ReactNode }) {
  return (
    <p className="notice" data-kind={kind} role={kind === 'bad' ? 'alert' : 'status'}>
      {children}
    </p>
  );
}

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

interface Asked {
  error: Error | null;
  failureReason: Error | null;
}

/** What is in the way, in plain words; nothing where nothing is. What is sent once does not go on by itself. */
export function Trouble({ of, isSentOnce = false }: { of: readonly Asked[]; isSentOnce?: boolean }) {
  const { t } = useWords();
  const [reason] = of.flatMap(({ error, failureReason }) => error ?? failureReason ?? []);
  if (reason === undefined) return null;
  if (!(reason instanceof ApiError))
    return <Notice kind="bad">{t('trouble.other', { detail: reason.message })}</Notice>;
  if (isSentOnce && reason.isUnknown) return <Notice kind="bad">{t('trouble.unknown')}</Notice>;
  if (!isSentOnce && reason.status === 0) return <Notice kind="wait">{t('trouble.offline')}</Notice>;
  if (!isSentOnce && reason.status === 429) return <Notice kind="wait">{t('trouble.busy')}</Notice>;
  if (!isSentOnce && reason.isPassing) return <Notice kind="wait">{t('trouble.away')}</Notice>;
  return (
    <Notice kind="bad">
      {t('trouble.other', { detail: reason.message })}
      {reason.problem.errors?.map(({ path, message }) => (
        <span className="field-error" key={path}>
          {path}: {message}
        </span>
      ))}
    </Notice>
  );
}

/** The next page of a list, where there is one. */
export function More({ of, children }: { of: Pages; children: ReactNode }) {
  if (!of.hasNextPage) return null;
  return (
    <button className="more" type="button" disabled={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
      {children}
    </button>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <div className="empty">{children}</div>;
}
