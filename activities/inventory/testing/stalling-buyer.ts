import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface StallingBuyer {
  /** The next thing that it says: first `locked`; in the end `reserved`, or what it was refused with. */
  heard(): Promise<string>;
  /** It goes on from its lock to the database. */
  goOn(): void;
  /** It stands still in the middle of whatever it does, as on a machine that is suspended. */
  stop(): void;
  continue(): void;
  /** It ends without another word. */
  end(): Promise<void>;
}

/** An order of one unit in a process of its own. */
export function startStallingBuyer(order: {
  databaseUrl: string;
  redisUrl: string;
  orderId: string;
  productId: number;
}): StallingBuyer {
  const main = fileURLToPath(new URL('./stalling-buyer-main.ts', import.meta.url));
  const { databaseUrl, redisUrl, orderId, productId } = order;
  const args = ['--import', 'tsx', main, databaseUrl, redisUrl, orderId, String(productId)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    heard: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the buyer ended without a word');
      return value;
    },
    goOn: () => void child.stdin.write('\n'),
    stop: () => void child.kill('SIGSTOP'),
    continue: () => void child.kill('SIGCONT'),
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
