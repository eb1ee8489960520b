import { createRequire } from 'node:module';

/** What is used here of kafkajs' own. */
interface RequestQueue {
  throttledUntil: number;
  pending: unknown[];
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const whilePendingMs = 10;

/**
 * kafkajs 2.2.4 asks for a timer in the past where a broker has throttled nothing, and Node warns of that from 24 on. The
 * same without: such a timer goes off after 1 ms.
 */
export function keepTimersFromThePast(): void {
  const required: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  const { prototype } = required as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId) return;
    const check = (): void => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    const throttledForMs = this.throttledUntil - Date.now();
    const soonestMs = this.pending.length > 0 ? whilePendingMs : 1;
    this.throttleCheckTimeoutId = setTimeout(check, throttledForMs > 0 ? throttledForMs : soonestMs);
  };
}
