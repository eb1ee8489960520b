import {
  ApplicationFailure,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

export interface SecretActivities {
  keep(secret: string): Promise<string>;
  lose(secret: string): Promise<void>;
}

export const tell = defineUpdate<string, [string]>('tell');
export const go = defineSignal('go');

const { keep, lose } = proxyActivities<SecretActivities>({ startToCloseTimeout: '5s', retry: { maximumAttempts: 1 } });

/** Sends a secret through everything that the server stores: arguments, results, updates and failures. */
export async function secretWorkflow(secret: string): Promise<string> {
  let told: string | undefined;
  let gone = false;
  setHandler(tell, (text) => (told = text));
  setHandler(go, () => void (gone = true));
  await condition(() => told !== undefined && gone);
  const kept = await keep(`${secret} ${told ?? ''}`);
  await lose(secret).catch(() => undefined);
  throw ApplicationFailure.nonRetryable(`workflow failed with ${secret}`, 'Told', { secret, kept });
}
