import type { Logger } from '../../platform/logger.js';
import { NotSent } from './channel.js';
import type { Channel } from './channel.js';

/** Sends nothing: what a customer would have got is in the log, without their number. */
export function createSimulatedSms(logger: Logger): Channel {
  return {
    send: ({ user, message, order }) => {
      if (user.phone === null) return Promise.reject(new NotSent('no-phone', { isAway: false }));
      logger.info({ text: message.short, orderId: order.orderId }, 'SMS simulated');
      return Promise.resolve();
    },
  };
}
