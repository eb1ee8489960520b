import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAlarm } from './carrier-clock.js';

const never = () => new Date(Date.now() + 3_600_000);

describe('an alarm', () => {
  it('wakes at the time', async () => {
    const time = new Date(Date.now() + 20);
    await createAlarm().sleepUntil(time);
    expect(Date.now()).toBeGreaterThanOrEqual(time.getTime() - 1);
  });

  it('wakes when somebody rings', async () => {
    const alarm = createAlarm();
    const sleeping = alarm.sleepUntil(never());
    alarm.ring();
    await sleeping;
  });

  it('keeps a ring for who sleeps next, once', async () => {
    const alarm = createAlarm();
    alarm.ring();
    alarm.ring();
    await alarm.sleepUntil(never());
    const asleep = alarm.sleepUntil(never()).then(() => 'woke');
    await expect(Promise.race([asleep, nextTurn('sleeps')])).resolves.toBe('sleeps');
    alarm.ring();
    await asleep;
  });
});
