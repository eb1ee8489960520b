import { defineUpdate, condition, proxyActivities, setHandler } from '@temporalio/workflow';

/** What an order's Saga costs at the very least: four activities in sequence, or just one, of which a client awaits the first. */
const { noOp } = proxyActivities<{ noOp(): Promise<void> }>({
  taskQueue: 'bench-steps',
  startToCloseTimeout: 4_000,
});

export const firstDone = defineUpdate('firstDone');

export async function noOpSaga(steps: number): Promise<void> {
  let done = 0;
  setHandler(firstDone, () => condition(() => done > 0));
  while (done < steps) {
    await noOp();
    done += 1;
  }
}
