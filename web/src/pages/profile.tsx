import { useMutation } from '@tanstack/react-query';
import { api, bodyOf, type User } from '../api/client.js';
import { replaceUser } from '../api/session.js';
import { AddressFields, addressOf, Field, textOf } from '../parts/fields.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';

export function Profile({ user }: { user: User }) {
  const { t } = useWords();
  const saving = useMutation({
    mutationFn: (form: FormData) =>
      bodyOf(
        api.PATCH('/users/{id}', {
          params: { path: { id: user.id } },
          body: { phone: textOf(form, 'phone') || null, address: addressOf(form) },
        }),
      ),
    onSuccess: replaceUser,
  });
  return (
    <section className="page medium">
      <Title>{t('profile.title')}</Title>
      <form
        className="card form"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate(new FormData(event.currentTarget));
        }}
      >
        <h2>{t('profile.contact')}</h2>
        <p>
          {user.name} · {user.email}
        </p>
        <Field label={t('profile.phone')} name="phone" type="tel" autoComplete="tel" defaultValue={user.phone ?? ''} />
        <h2>{t('address.title')}</h2>
        <AddressFields address={user.address} name={user.name} />
        <Trouble of={[saving]} />
        {saving.isSuccess && <Notice kind="good">{t('profile.saved')}</Notice>}
        <button className="primary" disabled={saving.isPending}>
          {t('profile.save')}
        </button>
      </form>
    </section>
  );
}
