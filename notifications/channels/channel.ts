import type { UserValidation } from '../../contracts/http/users.js';
import type { Message } from '../templates/templates.js';
import type { Logger } from '../../platform/logger.js';

interface Delivery {
  /** The same for the same event and channel, however often it is handed over. */
  key: string;
  user: UserValidation;
  message: Message;
  /** undefined: it is about no order. */
  orderId: string | undefined;
}

export interface Channel {
  /** Resolves when it was taken. Throws NotSent when it certainly was not; any other error leaves that open. */
  send(delivery: Delivery): Promise<void>;
}

/** It certainly did not go out, so it may be tried again. The message holds codes, nobody's address. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  /** Whether the channel takes nothing at all now, so that it says nothing about this message. */
  readonly isAway: boolean;

  constructor(message: string, { isAway, cause }: { isAway: boolean; cause?: unknown }) {
    super(message, { cause });
    this.isAway = isAway;
  }
}

/** Sends nothing: what a customer would have got is in the log, without their number. */
export function createSimulatedSms(logger: Logger): Channel {
  return {
    send: ({ user, message, orderId }) => {
      if (user.phone === null) return Promise.reject(new NotSent('no-phone', { isAway: false }));
      logger.info({ text: message.short, orderId }, 'SMS simulated');
      return Promise.resolve();
    },
  };
}
