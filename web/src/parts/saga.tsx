import { isEnding, sagaPicture, type NodeState } from '../app/saga-picture.js';
import type { Order, TimelineEntry } from '../api/client.js';
import { useWords } from '../texts/words.js';

const MARKS: Record<NodeState, string> = {
  waiting: '',
  now: 'M8 12h.01M12 12h.01M16 12h.01',
  done: 'M7 12.5l3.2 3.2L17 9',
  refused: 'M8.5 8.5l7 7M15.5 8.5l-7 7',
  failing: 'M17 9.5A6 6 0 1 0 18 13M17.5 6v4h-4',
  undone: 'M9 8L5.5 11.5 9 15M6 11.5h8a4 4 0 0 1 0 8h-2',
};

function Mark({ state }: { state: NodeState }) {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d={MARKS[state]} />
    </svg>
  );
}

/** The steps from left to right; below each that is taken back what undoes it. */
export function Saga({ order, timeline }: { order: Order; timeline: readonly TimelineEntry[] }) {
  const { t, clock } = useWords();
  const nodes = sagaPicture(order, timeline);
  // What is undone waits for none of its other steps.
  const isUndone = isEnding(order.status);
  return (
    <ol className="saga" data-status={order.status}>
      {nodes.map(({ step, state, at, undo }) => (
        <li key={step} className="saga-step" data-state={state} data-step={step}>
          <div className="saga-node" data-state={state}>
            <Mark state={state} />
            <strong>{t(`step.${step}`)}</strong>
            <span className="saga-when">
              {(state !== 'waiting' || !isUndone) && t(`state.${state}`)}
              {at !== undefined && <time dateTime={at}>{clock(at)}</time>}
            </span>
          </div>
          {undo !== undefined && (
            <div className="saga-node saga-undo" data-state={undo.state} data-step={undo.step}>
              <Mark state={undo.state} />
              <strong>{t(`step.${undo.step}`)}</strong>
              <span className="saga-when">
                {t(`state.${undo.state}`)}
                {undo.at !== undefined && <time dateTime={undo.at}>{clock(undo.at)}</time>}
              </span>
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
