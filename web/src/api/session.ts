import { useSyncExternalStore } from 'react';
import { keptValue } from '../app/kept.js';
import type { components } from './generated/schema.js';

type Session = components['schemas']['BrowserSession'];
type User = Session['user'];

/** The access token is in memory, the refresh token in a cookie that no script can read. */
let current: (Session & { endsAt: number }) | undefined;
let renewing: Promise<string | undefined> | undefined;
let leaving: Promise<void> | undefined;

/** Whose the cookie is, for all tabs; `leaving` until the server has heard that nobody's it shall be. */
const kept = keptValue<number | 'leaving' | null>(
  'session',
  null,
  (value): value is number | 'leaving' => typeof value === 'number' || value === 'leaving',
);

interface Visitor {
  user?: User;
  /** The page was loaded anew, and the server has not said yet whose session it is; `late` where it was asked in vain. */
  starting?: 'soon' | 'late';
}
let visitor: Visitor = {};
const listeners = new Set<() => void>();

export const useVisitor = (): Visitor => useSyncExternalStore(subscribe, () => visitor);

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

function showVisitor(now: Visitor): void {
  visitor = now;
  listeners.forEach((tell) => tell());
}

function forget(): void {
  current = undefined;
  showVisitor({});
}

/** A token that ends sooner than this is renewed before it is sent. */
const SOON_MS = 30_000;
const RETRY_MS = 2_000;

/** No form of another site can send the header: the cookie alone is refused. */
const ask = (method: 'POST' | 'DELETE', path = '') =>
  fetch(`/sessions/cookie${path}`, {
    method,
    headers: { 'X-Requested-With': 'fetch' },
    // Answered also where the page is left meanwhile, so that the browser has the cookie that replaces the spent one.
    keepalive: true,
  });

/** The answer has the cookie with it. */
export function beginSession(session: Session): void {
  kept.set(session.user.id);
  current = { ...session, endsAt: Date.now() + session.expiresIn * 1_000 };
  showVisitor({ user: session.user });
}

/** Here and in all other tabs at once, and at the server as soon as it can be reached. */
export function logOut(): void {
  kept.set('leaving');
  forget();
  void leave();
}

async function leave(): Promise<void> {
  while (kept.get() === 'leaving') await untilLeft().catch(pause);
}

/** Once for all who ask meanwhile. Whoever logs in waits for it: a late answer would take the new cookie away. */
export function untilLeft(): Promise<void> {
  leaving ??= endCookie().finally(() => (leaving = undefined));
  return leaving;
}

async function endCookie(): Promise<void> {
  if (kept.get() !== 'leaving') return;
  const answer = await ask('DELETE');
  if (!answer.ok) throw new Error(`The session can not be ended now: HTTP ${answer.status}`);
  // Who has logged in meanwhile, in another tab, stays so.
  if (kept.get() === 'leaving') kept.set(null);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, RETRY_MS));

/** After a change of it. */
export function replaceUser(user: User): void {
  if (current !== undefined) showVisitor({ user });
}

/** Undefined: nobody is logged in. */
export async function freshToken(): Promise<string | undefined> {
  if (current !== undefined && current.endsAt - Date.now() < SOON_MS) return renewedToken();
  return current?.accessToken;
}

/** Once for all who ask meanwhile. Undefined: the session has ended. */
export function renewedToken(): Promise<string | undefined> {
  renewing ??= renew().finally(() => (renewing = undefined));
  return renewing;
}

async function renew(): Promise<string | undefined> {
  const whose = kept.get();
  if (typeof whose !== 'number') return undefined;
  const answer = await ask('POST', '/refresh');
  if (answer.ok) {
    const session = (await answer.json()) as Session;
    // Who has logged out meanwhile stays so.
    if (kept.get() === whose) takeOnly(whose, session);
  } else if (answer.status === 401) {
    if (kept.get() === whose) kept.set(null);
    forget();
  }
  // Passing, as no answer is: the old token would make a 401 of it.
  else throw new Error(`The session can not be renewed now: HTTP ${answer.status}`);
  return tokenNow();
}

/** A cookie can be replaced from a neighbouring port or domain: nobody goes on unawares as somebody else. */
function takeOnly(whose: number, session: Session): void {
  if (session.user.id === whose) return beginSession(session);
  kept.set(null);
  forget();
}

/** Others may have changed it meanwhile. */
const tokenNow = (): string | undefined => current?.accessToken;

/** What another tab has done, or this one before it was loaded anew, holds here. */
async function follow(): Promise<void> {
  if (current !== undefined && kept.get() !== current.user.id) forget();
  if (current === undefined && typeof kept.get() === 'number') showVisitor({ starting: 'soon' });
  while (visitor.starting !== undefined) {
    await renewedToken().catch(() => {
      showVisitor({ starting: 'late' });
      return pause();
    });
    if (typeof kept.get() !== 'number') forget();
  }
}
window.addEventListener('storage', () => void follow());
void follow();
void leave();
