import type { OrderEventData } from '../../contracts/events/event-data.js';

/** What one event is told in, on whatever channel. Plain text everywhere: who renders it escapes it. */
export interface Message {
  subject: string;
  paragraphs: string[];
  /** Whether the e-mail lists what was ordered. */
  withLines: boolean;
  /** The same in one sentence, for SMS. */
  short: string;
}

export type Template = (order: OrderEventData) => Message;
