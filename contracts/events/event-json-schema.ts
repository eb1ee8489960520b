import { z } from 'zod';

import type { Topic } from '../topics.js';
import { EVENT_KINDS } from './event-data.js';
import { orderEventSchemaOf } from './order-event.js';

/**
 * The JSON schema (2020-12) of a topic's events, for their readers: attributes and fields that it doesn't know are
 * none of its business.
 */
export function eventJsonSchemaOf(topic: Topic): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(orderEventSchemaOf(topic), { io: 'input', override: readable });
  return { $schema, title: `holdfast.${topic}.v1`, description: EVENT_KINDS[topic].tells, ...schema };
}

/** Of a time's pattern `format` leaves only that it is UTC; and the safe integers need no mention. */
function readable({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema['format'] === 'date-time') jsonSchema['pattern'] = 'Z$';
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
}
