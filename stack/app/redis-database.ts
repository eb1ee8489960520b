import { Redis } from 'ioredis';

/**
 * A numbered database that no other app on this Redis has, emptied.
 * @returns from 1 to 127; they are given again after 127 apps
 */
export async function claimRedisDatabase(url: string): Promise<number> {
  const client = new Redis(url, { maxRetriesPerRequest: 1, lazyConnect: true });
  try {
    const claimed = ((await client.incr('holdfast:databases-given')) - 1) % 127;
    await client.select(claimed + 1);
    await client.flushdb();
    return claimed + 1;
  } finally {
    client.disconnect();
  }
}
