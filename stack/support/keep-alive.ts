import { manageProcess, type ProcessSpec, type Note, type ManagedProcess } from './managed-process.js';
import { pause } from './wait-until.js';

/**
 * A process that dies without being asked is reported with the end of its log and, if wanted, started again after a pause that doubles
 * from one second to half a minute.
 */
export function keepAlive(
  spec: ProcessSpec,
  {
    records,
    logs,
    restart,
    report,
    note,
  }: { records: string; logs: string; restart: boolean; report: (text: string) => void; note?: Note },
): ManagedProcess {
  let givenUp = new AbortController();
  let deaths = 0;
  let lastDeath = 0;
  let restarts = 0;
  const process = manageProcess(spec, { records, logs, note, onDeath: (how) => void died(how) });

  async function died(how: string) {
    report(`${spec.name} ended ${how} without being asked. The end of ${process.logFile}:\n${process.tail()}`);
    note?.({ lastEnd: how, lastEndAt: new Date().toISOString() });
    if (!restart) return;
    const { signal } = givenUp;
    deaths = Date.now() - lastDeath > 60_000 ? 1 : deaths + 1;
    lastDeath = Date.now();
    const seconds = Math.min(2 ** (deaths - 1), 30);
    restarts += 1;
    note?.({ phase: 'restarting', restarts, nextStartAt: new Date(Date.now() + seconds * 1000).toISOString() });
    report(`${spec.name} is started again in ${seconds} s`);
    await pause(seconds * 1000, signal);
    if (signal.aborted) return;
    await revive(signal);
  }

  async function revive(signal: AbortSignal): Promise<void> {
    try {
      await process.start(signal);
      report(`${spec.name} is ready again`);
    } catch (error) {
      if (signal.aborted) return;
      const [why = ''] = (error as Error).message.split('\n');
      if (process.pid === undefined) return died(why.replace(`${spec.name} ended `, ''));
      // It runs: what it waits for may take longer than it was given.
      report(why);
      return revive(signal);
    }
  }

  async function giveUp(end: () => Promise<void>) {
    givenUp.abort(new Error(`${spec.name} was stopped`));
    await end();
    givenUp = new AbortController();
  }

  return {
    name: process.name,
    logFile: process.logFile,
    get pid() {
      return process.pid;
    },
    start: process.start,
    spawn: process.spawn,
    tail: process.tail,
    stop: (signal) => giveUp(() => process.stop(signal)),
    kill9: () => giveUp(() => process.kill9()),
  };
}
