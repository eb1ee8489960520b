import { setCurrentDetails } from '@temporalio/workflow';
import type { OrderPatch } from '../../contracts/activities/order-activities.js';
import { ATTENTION_MEANS, serviceOf, type AttentionStep } from '../../contracts/saga-steps.js';

type Attention = NonNullable<OrderPatch['attention']>;

interface CurrentStep {
  /** How often the Saga asked for it. */
  attempts: number;
  /** When it was asked for last; while it rests, when it is asked for next. Milliseconds since the epoch. */
  at: number;
  rests: boolean;
  attention?: Attention;
}

/**
 * Where an order stands and why, for operators who see nothing but its page in the Web UI. It is the answer to a query,
 * so it costs no history. Markdown, without anything personal.
 */
export class CurrentDetails {
  #phase = '';
  readonly #steps = new Map<AttentionStep, CurrentStep>();

  constructor(private readonly attentionAfterMs: number) {}

  /** What the order is at, in a sentence. */
  phase(sentence: string): void {
    this.#phase = sentence;
    this.#show();
  }

  begins(step: AttentionStep, attempts: number): void {
    this.#set(step, { attempts, at: Date.now(), rests: false });
  }

  rests(step: AttentionStep, forMs: number): void {
    this.#set(step, { at: Date.now() + forMs, rests: true });
  }

  waits(step: AttentionStep, attention: Attention): void {
    this.#set(step, { attention });
  }

  ends(step: AttentionStep): void {
    this.#steps.delete(step);
    this.#show();
  }

  #set(step: AttentionStep, change: Partial<CurrentStep>): void {
    const known = this.#steps.get(step) ?? { attempts: 0, at: Date.now(), rests: false };
    this.#steps.set(step, { ...known, ...change });
    this.#show();
  }

  /** The page shows six lines before one has to scroll. */
  #show(): void {
    const items = [
      ['Order', this.#phase],
      ...[...this.#steps].flatMap(([step, current]) => this.#describe(step, current)),
    ];
    setCurrentDetails(items.flatMap(([name, value]) => (value === '' ? [] : [`- **${name}:** ${value}`])).join('\n'));
  }

  #describe(step: AttentionStep, { attempts, at, rests, attention }: CurrentStep): [string, string][] {
    const asksAt = timeOf(at + this.attentionAfterMs);
    const next = rests ? `${timeOf(at)}, or at once by the signal retry` : `under way since ${timeOf(at)}`;
    return [
      ['Step', `${step}, by ${serviceOf(step)}-service`],
      ...(attention
        ? ([
            ['Waits for', `an operator, since ${attention.since}`],
            ['Why', `${attention.reason}: ${ATTENTION_MEANS[attention.reason]}`],
            ['Last error', `${attention.error}, attempt ${attempts}`],
          ] satisfies [string, string][])
        : ([['Waits for', `its service; an operator is asked at ${asksAt}`]] satisfies [string, string][])),
      ['Next attempt', next],
    ];
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
