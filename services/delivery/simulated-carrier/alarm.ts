/** Wakes one sleeper: at a time, or when somebody rings. A ring while nobody sleeps is kept for the next one who does. */
export interface Alarm {
  ring(): void;
  sleepUntil(time: Date): Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    sleepUntil: async (time) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(time.getTime() - Date.now(), 1));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
    },
  };
}
