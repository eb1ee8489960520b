import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { ApiError, api, bodyOf, type User } from '../api/client.js';
import { useUsers } from '../api/queries.js';
import { useVisitor } from '../api/session.js';
import { SearchField } from '../parts/fields.js';
import { More, Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { Dialog, DialogEnd } from './acts.js';
import { ifMatch, NotSaved, versioned } from './versioned.js';

const ACTS = {
  disable: { disabled: true },
  enable: { disabled: false },
  grant: { admin: true },
  revoke: { admin: false },
};
type Act = keyof typeof ACTS;

export function DeskUsers() {
  const { t } = useWords();
  const navigate = useNavigate();
  const id = useParams()['id'];
  const email = useSearchParams()[0].get('email') ?? '';
  return (
    <section className="page medium">
      <Title>{t('desk.users')}</Title>
      <search className="desk-search">
        <SearchField
          label={t('desk.userSearch')}
          hint={t('desk.userSearchHint')}
          name="user"
          inputMode="email"
          pattern="[0-9]+|.+@.+"
          defaultValue={id ?? email}
          onSearch={(typed) => void navigate(pathTo(typed))}
        />
      </search>
      {id === undefined ? <UserList email={email} /> : <UserCard key={id} id={Number(id)} />}
    </section>
  );
}

function pathTo(typed: string): string {
  if (typed.includes('@')) return `/desk/users?email=${encodeURIComponent(typed)}`;
  return typed === '' ? '/desk/users' : `/desk/users/${typed}`;
}

function UserList({ email }: { email: string }) {
  const { t, time } = useWords();
  const asked = useUsers(email);
  if (isAnswered(asked.error, 400) || asked.data?.pages[0]?.items.length === 0)
    return <Notice>{t('desk.noUser')}</Notice>;
  return (
    <>
      <Trouble of={[asked]} />
      <ul className="card desk-list" aria-busy={asked.data === undefined}>
        {asked.data?.pages.flatMap(({ items }) =>
          items.map(({ id, name, email, disabled, createdAt }) => (
            <li key={id} className="desk-row short-row">
              <div>
                <Link to={`/desk/users/${id}`}>{name}</Link>
                <small>
                  {id} · {email}
                  {disabled && ` · ${t('user.disabled')}`}
                </small>
              </div>
              <time dateTime={createdAt}>{time(createdAt)}</time>
            </li>
          )),
        ) ?? <li className="ghost" aria-hidden="true" />}
      </ul>
      <More of={asked}>{t('catalog.more')}</More>
    </>
  );
}

const isAnswered = (error: unknown, ...statuses: number[]) =>
  error instanceof ApiError && statuses.includes(error.status);

function UserCard({ id }: { id: number }) {
  const { t, time, known } = useWords();
  const [chosen, choose] = useState<Act>();
  const own = useVisitor().user?.id;
  const asked = useQuery({
    queryKey: ['desk', 'user', id],
    queryFn: () => versioned(api.GET('/users/{id}', { params: { path: { id } } })),
    staleTime: 0,
  });
  if (isAnswered(asked.error, 400, 404)) return <Notice>{t('desk.noUser')}</Notice>;
  if (asked.data === undefined)
    return (
      <>
        <Trouble of={[asked]} />
        <div className="card ghost tall" aria-busy="true" />
      </>
    );
  const { thing: user, version } = asked.data;
  const acts: Act[] = [user.disabled ? 'enable' : 'disable', user.roles.includes('admin') ? 'revoke' : 'grant'];
  return (
    <section className="card form receipt" aria-labelledby="user-title">
      <div className="heading">
        <h2 id="user-title">{user.name}</h2>
        <span className="status" data-status={user.disabled ? 'CANCELLED' : 'COMPLETED'}>
          {t(user.disabled ? 'user.disabled' : 'user.enabled')}
        </span>
      </div>
      <dl>
        <dt>{t('login.email')}</dt>
        <dd>{user.email}</dd>
        <dt>{t('profile.phone')}</dt>
        <dd>{user.phone ?? '–'}</dd>
        <dt>{t('user.since')}</dt>
        <dd>
          <time dateTime={user.createdAt}>{time(user.createdAt)}</time>
        </dd>
        <dt>{t('user.roles')}</dt>
        <dd>{user.roles.map((role) => known('role', role)).join(', ')}</dd>
      </dl>
      <div className="acts">
        <Link className="button" to={`/desk/orders?customer=${id}`}>
          {t('user.orders')}
        </Link>
        {acts.map((act) => (
          <button key={act} type="button" disabled={own === id} onClick={() => choose(act)}>
            {t(`user.${act}`)}
          </button>
        ))}
      </div>
      {own === id && <small>{t('user.own')}</small>}
      {chosen && <ActDialog act={chosen} user={user} version={version} onClose={() => choose(undefined)} />}
    </section>
  );
}

interface ActParts {
  act: Act;
  user: User;
  version: string | undefined;
  onClose: () => void;
}

function ActDialog({ act, user, version, onClose }: ActParts) {
  const { t } = useWords();
  const client = useQueryClient();
  const setting = useMutation({
    retry: false,
    mutationFn: () =>
      bodyOf(
        api.PATCH('/users/{id}', {
          params: { path: { id: user.id }, header: ifMatch(version) },
          body: ACTS[act],
        }),
      ),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ['desk', 'user'] }),
  });
  return (
    <Dialog title={t(`user.${act}`)} isPending={setting.isPending} onClose={onClose}>
      <p>{t(`user.${act}.what`, { email: user.email })}</p>
      <form
        className="form-plain"
        onSubmit={(event) => {
          event.preventDefault();
          setting.mutate();
        }}
      >
        <NotSaved of={setting} />
        <DialogEnd isPending={setting.isPending} label={t(`user.${act}`)} onClose={onClose} />
      </form>
    </Dialog>
  );
}
