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

  it('wakes at the earliest time that somebody names, and at none that is later than its own', async () => {
    const alarm = createAlarm();
    const at = (ms: number) => new Date(Date.now() + ms);
    alarm.ringAt(at(3_600_000));
    const first = at(20);
    const sleeping = alarm.sleepUntil(never());
    alarm.ringAt(first);
    alarm.ringAt(at(3_600_000));
    await sleeping;
    expect(Date.now()).toBeGreaterThanOrEqual(first.getTime() - 1);
    alarm.ringAt(at(3_600_000));
    await alarm.sleepUntil(at(20));
  });

  it('wakes when somebody rings', async () => {
    const alarm = createAlarm();
    const sleeping = alarm.sleepUntil(never());
    alarm.ringAt(new Date());
    await sleeping;
  });

  it('keeps a ring for who sleeps next, once', async () => {
    const alarm = createAlarm();
    alarm.ringAt(new Date());
    alarm.ringAt(new Date());
    await alarm.sleepUntil(never());
    const asleep = alarm.sleepUntil(never()).then(() => 'woke');
    await expect(Promise.race([asleep, nextTurn('sleeps')])).resolves.toBe('sleeps');
    alarm.ringAt(new Date());
    await asleep;
  });
});
