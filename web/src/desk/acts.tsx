import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { api, bodyOf, type Order } from '../api/client.js';
import { isFinal } from '../../../contracts/order-status.js';
import { Field, textOf } from '../parts/fields.js';
import { Notice } from '../parts/notice.js';
import { useWords } from '../texts/words.js';

const forOrder = (id: string, note: string) => ({ params: { path: { id } }, body: { note } });

const ACTS = {
  retry: (id: string, note: string) => bodyOf(api.POST('/orders/{id}/retry', forOrder(id, note))),
  'give-up': (id: string, note: string) => bodyOf(api.POST('/orders/{id}/give-up', forOrder(id, note))),
  settled: (id: string, note: string) => bodyOf(api.POST('/orders/{id}/settled', forOrder(id, note))),
  cancel: (id: string, note: string) => bodyOf(api.POST('/orders/{id}/cancel', forOrder(id, note))),
};
type Act = keyof typeof ACTS;
export const ATTENTION_ACTS: Act[] = ['retry', 'give-up', 'settled'];

export function actsOf({ needsAttention, status }: Order): Act[] {
  const canCancel = !isFinal(status) && status !== 'CANCELLING';
  return [...(needsAttention ? ATTENTION_ACTS : []), ...(canCancel ? (['cancel'] as const) : [])];
}

/** A button for each, which first says what it will do, and asks why. */
export function Acts({ acts, orderIds }: { acts: readonly Act[]; orderIds: readonly string[] }) {
  const { t } = useWords();
  const [chosen, choose] = useState<{ act: Act; orderIds: readonly string[] }>();
  if (acts.length === 0) return null;
  return (
    <div className="acts">
      {acts.map((act) => (
        <button
          key={act}
          type="button"
          disabled={orderIds.length === 0}
          className={act === 'retry' ? 'primary' : ''}
          onClick={() => choose({ act, orderIds })}
        >
          {t(`act.${act}`)}
        </button>
      ))}
      {chosen && <ActDialog {...chosen} onClose={() => choose(undefined)} />}
    </div>
  );
}

interface Refused {
  orderId: string;
  why: string;
}

function ActDialog({ act, orderIds, onClose }: { act: Act; orderIds: readonly string[]; onClose: () => void }) {
  const { t, count } = useWords();
  const client = useQueryClient();
  const doing = useMutation({
    // Sent once: of what is unknown after a lost answer the order tells, and an operator looks before asking again.
    retry: false,
    mutationFn: async (note: string) => {
      const refused: Refused[] = [];
      for (const orderId of orderIds)
        await ACTS[act](orderId, note).catch((error: unknown) =>
          refused.push({ orderId, why: error instanceof Error ? error.message : String(error) }),
        );
      return refused;
    },
    onSettled: () => client.invalidateQueries(),
    onSuccess: (refused) => {
      if (refused.length === 0) onClose();
    },
  });
  return (
    <Dialog title={t(`act.${act}`)} onClose={onClose}>
      <p>{t(`act.${act}.what`)}</p>
      <p>
        <strong>{orderIds.length === 1 ? orderIds[0] : count('act.orders', orderIds.length)}</strong>
      </p>
      <form
        className="form-plain"
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate(textOf(new FormData(event.currentTarget), 'note'));
        }}
      >
        <Field label={t('act.note')} name="note" hint={t('act.noteHint')} maxLength={1000} required autoFocus />
        {doing.data?.map(({ orderId, why }) => (
          <Notice key={orderId} kind="bad">
            {orderId}: {why}
          </Notice>
        ))}
        <DialogEnd isPending={doing.isPending} label={t(`act.${act}`)} onClose={onClose} />
      </form>
    </Dialog>
  );
}

export function DialogEnd({ label, isPending, onClose }: { label: string; isPending: boolean; onClose: () => void }) {
  const { t } = useWords();
  return (
    <div className="dialog-end">
      <button type="button" onClick={onClose}>
        {t('desk.close')}
      </button>
      <button className="primary" disabled={isPending}>
        {label}
      </button>
    </div>
  );
}

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}
