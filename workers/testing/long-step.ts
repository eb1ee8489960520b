import { proxyActivities } from '@temporalio/workflow';

/** A workflow for tests of workers: a step that takes so long, and a worker that is missed after so long; in ms. */
export async function longStep(ms: number, missedAfterMs = 1_000): Promise<void> {
  const { take } = proxyActivities<{ take(ms: number): Promise<void> }>({
    startToCloseTimeout: '30 s',
    heartbeatTimeout: missedAfterMs,
  });
  await take(ms);
}
