import { z } from 'zod';
import {
  databaseSettings,
  duration,
  kafkaSettings,
  processSettings,
  pruneSettings,
  temporalSettings,
  topicSettings,
} from '../../platform/env.js';
import { sagaTimeSettings } from '../../services/order/saga-start.js';

export const settings = z.object({
  ...processSettings,
  ...databaseSettings,
  ...kafkaSettings,
  ...topicSettings,
  ...temporalSettings,
  // The sweeper starts what the API could not.
  ...sagaTimeSettings,
  RECONCILE_ALL_EVERY: duration
    .default(7 * 86_400_000)
    .describe(
      'a duration: the scheduled reconciliation follows what changed, and looks at everything when it has not for so long',
    ),
  ...pruneSettings,
  EVENTS_KEPT_FOR: duration
    .default(30 * 86_400_000)
    .describe(
      'a duration: how long events that were sent stay in the outbox once their order is over: no less than Temporal keeps its workflow, which tells nothing after that',
    ),
  SAGA_VERSIONING: z
    .enum(['PINNED', 'AUTO_UPGRADE'])
    .default('PINNED')
    .describe(
      'what orders do when another build of the Saga becomes current: PINNED ones end with the build they began with; AUTO_UPGRADE ones go on with the new one, which becomes current when it starts (development)',
    ),
});
