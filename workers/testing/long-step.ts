import { proxyActivities } from '@temporalio/workflow';

const { take } = proxyActivities<{ take(ms: number): Promise<void> }>({
  startToCloseTimeout: '30 s',
  heartbeatTimeout: '1 s',
});

/** A workflow of heartbeats.int.test.ts: a step that takes so long, in ms. */
export async function longStep(ms: number): Promise<void> {
  await take(ms);
}
