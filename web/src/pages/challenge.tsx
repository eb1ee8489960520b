import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { ApiError, api, bodyOf } from '../api/client.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Title } from '../parts/title.js';
import { useWords } from '../texts/words.js';
import { Missing } from './log-in.js';

/** The page of the simulated bank: whether a charge is its customer's. It knows nobody but by the address. */
export function Challenge() {
  const { t, money } = useWords();
  const client = useQueryClient();
  const params = { path: { id: useParams()['id'] ?? '' } };
  const queryKey = ['challenge', params.path.id];
  const asked = useQuery({
    queryKey,
    queryFn: () => bodyOf(api.GET('/payments/simulator/challenges/{id}', { params })),
    staleTime: 0,
  });
  const answering = useMutation({
    mutationFn: (decision: 'confirm' | 'refuse') =>
      bodyOf(api.POST('/payments/simulator/challenges/{id}', { params, body: { decision } })),
    onSuccess: (challenge) => client.setQueryData(queryKey, challenge),
  });
  if (asked.error instanceof ApiError && asked.error.status === 404) return <Missing text={t('missing.challenge')} />;
  const challenge = asked.data;
  if (challenge === undefined)
    return (
      <section className="page narrow">
        <Title>{t('challenge.title')}</Title>
        <Trouble of={[asked]} />
        <div className="card ghost tall" aria-busy="true" />
      </section>
    );
  const { amount, currency, state, reference } = challenge;
  return (
    <section className="page narrow">
      <Title>{t('challenge.title')}</Title>
      <div className="card form">
        <p>{t('challenge.demo')}</p>
        <p className="sum">
          <span>{t('challenge.amount')}</span>
          <strong>{money(amount, currency)}</strong>
        </p>
        {state === 'WAITING' ? (
          <>
            <p>{t('challenge.ask')}</p>
            <Trouble of={[answering]} />
            <div className="acts">
              <button
                className="primary"
                type="button"
                disabled={answering.isPending}
                onClick={() => answering.mutate('confirm')}
              >
                {t('challenge.confirm')}
              </button>
              <button type="button" disabled={answering.isPending} onClick={() => answering.mutate('refuse')}>
                {t('challenge.refuse')}
              </button>
            </div>
          </>
        ) : (
          <Notice kind={state === 'CONFIRMED' ? 'good' : 'info'}>{t(`challenge.${state}`)}</Notice>
        )}
        <Link to={`/shop/orders/${reference}`}>{t('challenge.back')}</Link>
      </div>
    </section>
  );
}
