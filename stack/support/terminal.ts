import { errorMessage } from '../../platform/error-message.js';
export interface Step {
  detail: (text: string) => void;
  done: (text?: string) => void;
  failed: (text?: string) => void;
}

export interface Progress {
  step: (title: string) => Step;
  say: (text: string) => void;
  close: () => void;
}

/**
 * Says what is going on and for how long. On a terminal the running steps stand in one line that is rewritten; elsewhere
 * (CI, a file) each step gets a line at its start, one every 15 s while it takes, and one at its end.
 */
export function createProgress({
  out = process.stdout,
  live = process.stdout.isTTY && !process.env.CI,
}: { out?: NodeJS.WriteStream | NodeJS.WritableStream; live?: boolean } = {}): Progress {
  const running: Set<{ title: string; detail: string; since: number; told: number }> = new Set();
  const timer = setInterval(live ? redraw : remind, live ? 250 : 1000);
  timer.unref();

  function wipe() {
    if (live) out.write('\r\u001b[2K');
  }
  function redraw() {
    if (running.size === 0) return;
    const text = [...running]
      .map((step) => `${step.title} ${elapsed(step.since)}${step.detail && ` (${step.detail})`}`)
      .join(' · ');
    const width = ('columns' in out && out.columns) || 100;
    out.write(`\r\u001b[2K${text.length >= width ? `${text.slice(0, width - 2)}…` : text}`);
  }
  function remind() {
    for (const step of running) {
      if (Date.now() - step.told < 15_000) continue;
      step.told = Date.now();
      say(`  … ${step.title}: ${elapsed(step.since)}${step.detail && `, ${step.detail}`}`);
    }
  }
  function say(text: string) {
    wipe();
    out.write(`${text}\n`);
    if (live) redraw();
  }

  return {
    say,
    step(title) {
      const step = { title, detail: '', since: Date.now(), told: Date.now() };
      running.add(step);
      if (live) redraw();
      else say(`  → ${title}`);
      const end = (mark: string, text: string) => {
        if (!running.delete(step)) return;
        say(`  ${mark} ${title}${text && `: ${text}`} (${elapsed(step.since)})`);
      };
      return {
        detail(text) {
          step.detail = text.trim().slice(0, 100);
        },
        done: (text = '') => end('✓', text),
        failed: (text = '') => end('✗', text),
      };
    },
    close() {
      clearInterval(timer);
      wipe();
    },
  };
}

/** @param since epoch milliseconds */
function elapsed(since: number) {
  const seconds = (Date.now() - since) / 1000;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/** @returns with the two greatest units at most */
export function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return minutes < 24 * 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${Math.floor(minutes / 1440)} d ${Math.floor(minutes / 60) % 24} h`;
}

/** @param time ISO */
export function sinceThen(time: string | undefined, now: number = Date.now()) {
  return time === undefined ? '' : inWords(now - Date.parse(time));
}

/**
 * The options of a command. What it doesn't know is refused with the usage and exit code 2; `--help` prints that and ends with 0.
 * @param parse throws when something is wrong, as `parseArgs` does
 */
export function readOptions<T>(usage: string, parse: () => T): T {
  if (process.argv.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parse();
  } catch (error) {
    console.error(`${errorMessage(error)}\n\n${usage}`);
    process.exit(2);
  }
}

/**
 * For what is printed: addresses as they are, but for their passwords.
 * @param addresses one or several
 */
export function withoutPassword(addresses: string) {
  return addresses.replace(/(\/\/[^/:@\s]*):[^/\s]*@/g, '$1:…@');
}
