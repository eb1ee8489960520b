/** Where actors of `interleave` meet. */
export interface Stage {
  /** Here another actor may go on first. */
  pass(): Promise<void>;
  /** One more actor, such as a request that outlives whoever sent it. */
  enter(actor: Actor): void;
}

export type Actor = (stage: Stage) => Promise<unknown>;

/**
 * Runs actors to their ends, only one of them moving at any time: at each `pass`, `turns` says which of those that
 * wait goes on, by its place in line; past its end, the one who waits the longest. The same turns are the same run.
 * An actor must wait for nothing that another one holds. What actors fail with is not told.
 */
export async function interleave(actors: readonly Actor[], turns: readonly number[]): Promise<void> {
  const waiting: (() => void)[] = [];
  let stopped = (): void => undefined;
  const stage: Stage = {
    pass: () =>
      new Promise((goOn) => {
        waiting.push(goOn);
        stopped();
      }),
    enter: (actor) => {
      waiting.push(() => void Promise.allSettled([actor(stage)]).then(() => stopped()));
    },
  };
  for (const actor of actors) stage.enter(actor);
  for (let turn = 0; waiting.length > 0; turn++) {
    const [next] = waiting.splice((turns[turn] ?? 0) % waiting.length, 1);
    await new Promise<void>((resolve) => {
      stopped = resolve;
      next?.();
    });
  }
}

export class Died extends Error {
  override readonly name = 'Died';
}

/** One run of a process that dies at a place, counted from 0; for good, so that it does nothing after. */
export function mortal(stage: Stage, diesAt: number | undefined) {
  let place = 0;
  const reach = async (): Promise<void> => {
    await stage.pass();
    if (diesAt !== undefined && place++ >= diesAt) throw new Died(`died at place ${String(diesAt)}`);
  };
  return {
    /** Dies at the next place if it is the one to die at. */
    reach,
    /** The same object; just before and just after each call of its functions is a place to die at. */
    using: <T extends object>(target: T): T => {
      const calls = Object.entries(target).map(([name, call]: [string, (...args: unknown[]) => unknown]) => [
        name,
        async (...args: unknown[]) => {
          await reach();
          const answer = await call(...args);
          await reach();
          return answer;
        },
      ]);
      return Object.fromEntries(calls) as T;
    },
  };
}
