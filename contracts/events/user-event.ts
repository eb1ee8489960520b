import { z } from 'zod';

import { integerIdSchema } from '../http/common.js';
import type { UserTopic } from '../topics.js';
import { checkedEvent, commonAttributes, eventTypeOf, fitting, type OrderEvent } from './order-event.js';

interface UserEventKind {
  /** What has happened. */
  tells: string;
  data: z.ZodObject;
}

export const USER_EVENT_KINDS = {
  'user-password-changed': {
    tells: 'A user has a new password, from whomever. All their sessions have ended with the one before.',
    data: z.object({ userId: integerIdSchema.describe('Whose. Who that is only the user service tells.') }),
  },
} satisfies Record<UserTopic, UserEventKind>;

/** The database of the user service makes them, in the transaction of what they tell of: its migration 0009-outbox.sql. */
const schemaOf = (topic: UserTopic) =>
  z.object({
    ...commonAttributes,
    id: z.string().min(1).describe('The same however often the event is sent.'),
    source: z.literal('/user-service'),
    subject: z
      .string()
      .regex(/^[1-9][0-9]*$/)
      .describe("The user's id. Also the message's key."),
    type: z.literal(eventTypeOf(topic)),
    data: USER_EVENT_KINDS[topic].data,
  });

export const USER_EVENT_SCHEMAS = { 'user-password-changed': schemaOf('user-password-changed') } satisfies Record<
  UserTopic,
  z.ZodObject
>;

export type UserEvent = z.infer<(typeof USER_EVENT_SCHEMAS)[UserTopic]>;

export type AnyEvent = OrderEvent | UserEvent;

/** undefined: it is about a user, and no order. */
export const orderIdOf = (event: AnyEvent): string | undefined =>
  event.source === '/order-service' ? event.data.orderId : undefined;

/** Of an order or a user, with what is documented of its type, and nothing else. Throws UnfitEvent. */
export function checkedEventOfAny(event: unknown): AnyEvent {
  const type = (event as { type?: unknown } | null)?.type;
  const schema = Object.values(USER_EVENT_SCHEMAS).find(({ shape }) => shape.type.value === type);
  return schema === undefined ? checkedEvent(event) : fitting(schema, event);
}
