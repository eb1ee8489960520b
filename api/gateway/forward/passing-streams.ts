import type { Readable } from 'node:stream';

/** Event streams on their way through. They last for as long as what they tell of. */
export interface PassingStreams {
  /** What comes, to the end, or until all of them are ended. */
  pass(body: Readable): AsyncGenerator<Buffer>;
  /** In order, as if nothing more were to come: whoever listens asks again, elsewhere, for what comes after. */
  end(): void;
}

export function createPassingStreams(): PassingStreams {
  const passing = new Set<Readable>();
  let ended = false;
  const leave = (body: Readable): void => void body.on('error', () => undefined).destroy();
  return {
    pass: async function* (body) {
      passing.add(body);
      if (ended) leave(body);
      try {
        for await (const chunk of body) yield chunk as Buffer;
      } catch (error) {
        if (!ended) throw error;
      } finally {
        passing.delete(body);
      }
    },
    end: () => {
      ended = true;
      passing.forEach(leave);
    },
  };
}
