import { useMutation } from '@tanstack/react-query';
import { type ComponentType } from 'react';
import { Link, Navigate, useLocation, useNavigate } from 'react-router';
import { ApiError, api, bodyOf, type User } from '../api/client.js';
import { beginSession, untilLeft, useVisitor } from '../api/session.js';
import { Field, textOf } from '../parts/fields.js';
import { Empty, Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';

const DEMO = { email: 'alice@example.com', password: 'holdfast-demo' };
const isThisMachine = ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname);

interface Wish {
  email: string;
  password: string;
  /** Who signs up. */
  name?: string;
}

const isWrong = (error: unknown): boolean => error instanceof ApiError && error.status === 401;
const isTaken = (error: unknown): boolean => error instanceof ApiError && error.problem.code === 'email-taken';

/** How far each sign-up has come, for when it is tried again. */
const signUps = new WeakMap<Wish, 'sent' | 'answered'>();

async function signUp(wish: Wish, name: string): Promise<void> {
  const before = signUps.get(wish);
  if (before === 'answered') return;
  signUps.set(wish, 'sent');
  const { email, password } = wish;
  await bodyOf(api.POST('/users', { body: { email, password, name } })).catch((error: unknown) => {
    // By itself, when the answer before was lost; if it was somebody else, the log-in says so.
    if (before === undefined || !isTaken(error)) throw error;
  });
  signUps.set(wish, 'answered');
}

async function enter(wish: Wish): Promise<void> {
  await untilLeft().catch(() => {
    throw new ApiError(0, {});
  });
  if (wish.name !== undefined) await signUp(wish, wish.name);
  const { email, password } = wish;
  const params = { header: { 'X-Requested-With': 'fetch' } } as const;
  beginSession(await bodyOf(api.POST('/sessions/cookie', { params, body: { email, password } })));
}

/** Also the sign-up; goes on to the page that asked who it is. */
export function LogIn({ isNew = false }: { isNew?: boolean }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { from?: string } | null };
  const entering = useMutation({
    mutationFn: enter,
    onSuccess: () => void navigate(state?.from ?? '/', { replace: true }),
  });
  const { error } = entering;
  const known =
    isTaken(error) || (isNew && isWrong(error)) ? t('signup.taken') : isWrong(error) ? t('login.wrong') : undefined;

  return (
    <section className="narrow">
      <Title>{t(isNew ? 'signup.title' : 'login.title')}</Title>
      {isThisMachine && !isNew && (
        <div className="demo">
          <p>{t('login.demoHint')}</p>
          <button type="button" onClick={() => entering.mutate(DEMO)} disabled={entering.isPending}>
            {t('login.demo')}
          </button>
        </div>
      )}
      <form
        className="card form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const password = form.get('password');
          entering.mutate({
            email: textOf(form, 'email'),
            password: typeof password === 'string' ? password : '',
            ...(isNew && { name: textOf(form, 'name') }),
          });
        }}
      >
        {isNew && <Field label={t('signup.name')} name="name" autoComplete="name" maxLength={200} required />}
        <Field label={t('login.email')} name="email" type="email" autoComplete="username" required />
        <Field
          label={t('login.password')}
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          {...(isNew && { minLength: 8, hint: t('signup.passwordHint') })}
        />
        {known === undefined ? <Trouble of={[entering]} /> : <Notice kind="bad">{known}</Notice>}
        <button className="primary" disabled={entering.isPending}>
          {t(isNew ? 'signup.submit' : 'login.submit')}
        </button>
      </form>
      <p className="aside">
        {t(isNew ? 'signup.known' : 'login.new')}{' '}
        <Link to={isNew ? '/shop/login' : '/shop/signup'} state={state}>
          {t(isNew ? 'login.title' : 'login.toSignUp')}
        </Link>
      </p>
    </section>
  );
}

/** A page of somebody; whoever it is logs in first, and comes back to it. */
export function ForUser({ page: Page }: { page: ComponentType<{ user: User }> }) {
  const { user, starting } = useVisitor();
  const { t } = useWords();
  const { pathname } = useLocation();
  if (starting !== undefined)
    return (
      <div className="card ghost tall" aria-busy="true">
        {starting === 'late' && <Notice kind="wait">{t('trouble.away')}</Notice>}
      </div>
    );
  if (user === undefined) return <Navigate to="/shop/login" state={{ from: pathname }} replace />;
  return <Page user={user} />;
}

export function Missing({ text }: { text?: string }) {
  const { t } = useWords();
  return (
    <Empty>
      <Title>{t('missing.title')}</Title>
      {text !== undefined && <p>{text}</p>}
      <Link className="button" to="/">
        {t('cart.toShop')}
      </Link>
    </Empty>
  );
}
