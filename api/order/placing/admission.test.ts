import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { InsufficientStock } from '../../../contracts/refusals.js';
import { createLogger } from '../../../platform/logger.js';
import { createAdmission } from './admission.js';

const silent = createLogger({ service: 'test', level: 'silent' });
const later = () => Date.now() + 60_000;

/** What is asked is answered by the test, and what is placed ends when the test says so. */
function openShop() {
  const questions: { answer: (units: number) => void; fail: (error: Error) => void }[] = [];
  const available = () => new Promise<number>((answer, fail) => questions.push({ answer, fail }));
  const admission = createAdmission({ available }, silent);
  const placed: { shortage: InsufficientStock | undefined; decide: () => void }[] = [];
  const order = (quantity = 1, until = later(), productId = 1) =>
    admission.admit({ productId, quantity }, until, (shortage) => {
      // As by the order service: one that is over is answered at once.
      if (shortage) placed.push({ shortage, decide: () => undefined });
      return shortage ? Promise.resolve() : new Promise<void>((decide) => placed.push({ shortage, decide }));
    });
  return { questions, placed, order, letThrough: () => placed.filter(({ shortage }) => !shortage) };
}

/** All that was promised by now has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('orders for one product', () => {
  it('that come alone are let through unasked, one after the other and of different products', async () => {
    const { questions, placed, order } = openShop();
    const orders = [order(), order(1, later(), 2)];
    for (const { decide } of placed) decide();
    await Promise.all(orders);
    const last = order();
    placed.at(-1)?.decide();
    await last;
    expect(questions).toHaveLength(0);
    expect(placed.map(({ shortage }) => shortage)).toEqual([undefined, undefined, undefined]);
  });

  it('are let through as far as the stock may cover them, and the rest is told when those are decided', async () => {
    const { questions, placed, order, letThrough } = openShop();
    const orders = Array.from({ length: 100 }, () => order());
    await settled();
    expect(questions).toHaveLength(1);
    questions[0]?.answer(3);
    await settled();
    // The first, and two more: it may have its unit already, or not yet.
    expect(letThrough()).toHaveLength(3);

    letThrough()[0]?.decide();
    await settled();
    expect(questions).toHaveLength(2);
    questions[1]?.answer(2);
    await settled();
    expect(letThrough()).toHaveLength(3);

    letThrough()[1]?.decide();
    letThrough()[2]?.decide();
    await settled();
    questions[2]?.answer(0);
    await settled();
    expect(letThrough()).toHaveLength(3);
    await Promise.all(orders);
    expect(placed.filter(({ shortage }) => shortage)).toHaveLength(97);
    expect(placed.at(-1)?.shortage).toEqual({ productId: 1, requested: 1, available: 0 });
    expect(questions).toHaveLength(3);
  });

  it('ask anew, not what others asked before they came: a unit may have come back', async () => {
    const { questions, order, letThrough } = openShop();
    void order();
    const refused = order();
    await settled();
    const late = order();
    await settled();
    expect(questions).toHaveLength(1);
    questions[0]?.answer(0);
    await refused;
    await settled();
    expect(questions).toHaveLength(2);
    questions[1]?.answer(2);
    await settled();
    expect(letThrough()).toHaveLength(2);
    letThrough()[1]?.decide();
    await late;
  });

  it('do without an answer for a while after each that did not come, not only after the first', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { questions, order, letThrough } = openShop();
    void order();
    for (const asked of [1, 2]) {
      void order();
      await settled();
      questions[asked - 1]?.fail(new Error('away'));
      await settled();
      void order();
      await settled();
      expect(questions).toHaveLength(asked);
      expect(letThrough()).toHaveLength(1 + 2 * asked);
      vi.setSystemTime(Date.now() + 1_001);
    }
  });

  it('of which there is plenty ask once in a while', async () => {
    const { questions, order, letThrough } = openShop();
    void order();
    void order();
    await settled();
    questions[0]?.answer(1_000);
    await settled();
    for (let count = 0; count < 50; count++) void order();
    await settled();
    expect(letThrough()).toHaveLength(52);
    expect(questions).toHaveLength(1);
  });

  it('are let through when nobody answers, and when those before them are not decided in time', async () => {
    const { questions, order, letThrough } = openShop();
    void order();
    void order();
    void order();
    await settled();
    questions[0]?.fail(new Error('away'));
    await settled();
    expect(letThrough()).toHaveLength(3);

    const other = openShop();
    void other.order();
    const waits = other.order(1, Date.now() + 20);
    await settled();
    other.questions[0]?.answer(1);
    // Its time is up while the first is still undecided.
    const through = new Promise<void>((resolve) => {
      const look = () => (other.letThrough().length === 2 ? resolve() : void setImmediate(look));
      look();
    });
    await through;
    other.letThrough()[1]?.decide();
    await waits;
  });
});
