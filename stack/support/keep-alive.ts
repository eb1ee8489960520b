// @ts-check
import { manageProcess } from './managed-process.js';
import { pause } from './wait-until.js';

/**
 * A process that dies without being asked is reported with the end of its log and, if wanted, started again after a pause that doubles
 * from one second to half a minute.
 * @param {import('./managed-process.js').ProcessSpec} spec
 * @param {{ records: string, logs: string, restart: boolean, report: (text: string) => void, note?: import('./managed-process.js').Note }} options
 * @returns {import('./managed-process.js').ManagedProcess}
 */
export function keepAlive(spec, { records, logs, restart, report, note }) {
  let givenUp = new AbortController();
  let deaths = 0;
  let lastDeath = 0;
  let restarts = 0;
  const process = manageProcess(spec, { records, logs, note, onDeath: (how) => void died(how) });

  /** @param {string} how */
  async function died(how) {
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

  /** @param {AbortSignal} signal @returns {Promise<void>} */
  async function revive(signal) {
    try {
      await process.start(signal);
      report(`${spec.name} is ready again`);
    } catch (error) {
      if (signal.aborted) return;
      const [why = ''] = /** @type {Error} */ (error).message.split('\n');
      if (process.pid === undefined) return died(why.replace(`${spec.name} ended `, ''));
      // It runs: what it waits for may take longer than it was given.
      report(why);
      return revive(signal);
    }
  }

  /** @param {() => Promise<void>} end */
  async function giveUp(end) {
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
