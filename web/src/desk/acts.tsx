import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { ApiError, api, bodyOf, type Order } from '../api/client.js';
import { isFinal } from '../../../contracts/order-status.js';
import { Field, textOf } from '../parts/fields.js';
import { Notice } from '../parts/notice.js';
import { useWords } from '../texts/words.js';

const forOrder = (id: string, note: string) => ({ params: { path: { id } }, body: { note } });

const review = (id: string, decision: 'approve' | 'reject', note: string) =>
  bodyOf(api.POST('/orders/{id}/review', { params: { path: { id } }, body: { decision, note } }));

const ACTS = {
  retry: (id: string, note: string) => bodyOf(api.POST('/orders/{id}/retry', forOrder(id, note))),
  'give-up': (id: string, note: string) => bodyOf(api.POST('/orders/{id}/give-up', forOrder(id, note))),
  settled: (id: string, note: string) => bodyOf(api.POST('/orders/{id}/settled', forOrder(id, note))),
  approve: (id: string, note: string) => review(id, 'approve', note),
  reject: (id: string, note: string) => review(id, 'reject', note),
  cancel: (id: string, note: string) => bodyOf(api.POST('/orders/{id}/cancel', forOrder(id, note))),
};
type Act = keyof typeof ACTS;
const REVIEW_ACTS: Act[] = ['approve', 'reject'];
const ATTENTION_ACTS: Act[] = ['retry', 'give-up', 'settled'];
export const WAITING_ACTS: Act[] = [...ATTENTION_ACTS, ...REVIEW_ACTS];

export function actsOf({ needsAttention, attention, review, status }: Order): Act[] {
  const canCancel = !isFinal(status) && status !== 'CANCELLING';
  return [
    // To settle a review is to approve it, which has its own button.
    ...(needsAttention ? ATTENTION_ACTS.filter((act) => act !== 'settled' || attention?.step !== 'review') : []),
    ...(review === 'WAITING' ? REVIEW_ACTS : []),
    ...(canCancel ? (['cancel'] as const) : []),
  ];
}

/** A button for each, which first says what it will do, and asks why; for those that all of the orders wait for. */
export function Acts({ acts, orders }: { acts: readonly Act[]; orders: readonly Order[] }) {
  const { t } = useWords();
  const orderIds = orders.map(({ id }) => id);
  const [chosen, choose] = useState<{ act: Act; orderIds: readonly string[] }>();
  if (acts.length === 0) return null;
  return (
    <div className="acts">
      {acts.map((act) => (
        <button
          key={act}
          type="button"
          disabled={
            orders.length === 0 ||
            (act === 'settled' && orders.length > 1) ||
            !orders.every((order) => actsOf(order).includes(act))
          }
          title={act === 'settled' && orderIds.length > 1 ? t('act.settled.one') : undefined}
          className={act === 'retry' || act === 'approve' ? 'primary' : ''}
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
  error: unknown;
}

function ActDialog({ act, orderIds, onClose }: { act: Act; orderIds: readonly string[]; onClose: () => void }) {
  const { t, count } = useWords();
  const client = useQueryClient();
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  // Those that were done are not asked again.
  const left = refused.length === 0 ? orderIds : refused.map(({ orderId }) => orderId);
  const doing = useMutation({
    // Sent once: of what is unknown after a lost answer the order tells, and an operator looks before asking again.
    retry: false,
    mutationFn: async (note: string) => {
      const failed: Refused[] = [];
      for (const orderId of left)
        await ACTS[act](orderId, note).catch((error: unknown) => failed.push({ orderId, error }));
      return failed;
    },
    onSettled: () => client.invalidateQueries(),
    onSuccess: (failed) => {
      setRefused(failed);
      if (failed.length === 0) onClose();
    },
  });
  return (
    <Dialog title={t(`act.${act}`)} isPending={doing.isPending} onClose={onClose}>
      <p>{t(`act.${act}.what`)}</p>
      <p>
        <strong>{left.length === 1 ? left[0] : count('act.orders', left.length)}</strong>
      </p>
      <form
        className="form-plain"
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate(textOf(new FormData(event.currentTarget), 'note'));
        }}
      >
        <Field label={t('act.note')} name="note" hint={t('act.noteHint')} maxLength={1000} required autoFocus />
        {refused.map(({ orderId, error }) => (
          <Notice key={orderId} kind="bad">
            {orderId}: {error instanceof ApiError ? (error.problem.detail ?? t('trouble.unknown')) : String(error)}
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
      <button type="button" onClick={onClose} disabled={isPending}>
        {t('desk.close')}
      </button>
      <button className="primary" disabled={isPending}>
        {label}
      </button>
    </div>
  );
}

interface DialogParts {
  title: string;
  /** Until then it stays open, so that its answer is seen. */
  isPending: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, isPending, onClose, children }: DialogParts) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      // Opened again and not kept from closing: browsers heed that for the first Escape alone.
      onClose={() => (isPending ? dialog.current?.showModal() : onClose())}
    >
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}
