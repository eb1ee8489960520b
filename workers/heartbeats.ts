import { activityInfo, heartbeat } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { HEARTBEAT_EVERY_MS } from '../contracts/step-timeouts.js';

/**
 * Says of every activity that has a heartbeat timeout that it is alive for as long as this process is, so that a death
 * is noticed sooner than by the time that one attempt may take. Says nothing of progress: that is what the time is for.
 */
export function createHeartbeats({ everyMs = HEARTBEAT_EVERY_MS } = {}): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      execute: async (input, next) => {
        if (activityInfo().heartbeatTimeoutMs === undefined) return next(input);
        const beating = setInterval(() => heartbeat(), everyMs);
        try {
          return await next(input);
        } finally {
          clearInterval(beating);
        }
      },
    },
  });
}
