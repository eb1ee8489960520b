import { createRequire } from 'node:module';

/** What is used here of kafkajs' own. */
interface RequestQueue {
  throttledUntil: number;
  pending: unknown[];
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** Too many requests are under way: whoever ends one looks for the next too. */
const soonMs = 10;

/**
 * kafkajs 2.2.4 sets a timer for each connection whether or not a request waits, in the past, which is 1 ms, and again as soon as it
 * has gone off: an idle process spins (https://github.com/tulios/kafkajs/issues/1751), and Node warns of it from 24 on. Here a
 * timer is set only while a request waits: `push`, which makes one wait, calls this.
 */
export function timeOnlyWhatWaits(): void {
  const required: unknown = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  const { prototype } = required as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
    const check = (): void => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    const throttledForMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(check, throttledForMs > 0 ? throttledForMs : soonMs);
  };
}
