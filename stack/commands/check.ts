import fs from 'node:fs';
import path from 'node:path';
import { checkout } from '../support/paths.js';
import { runCommand } from '../support/run-command.js';
import { errorMessage } from '../../platform/error-message.js';

const SIDE_BY_SIDE = 3;

/** Others are shown with their command. */
const what: Record<string, string> = {
  'check:types': 'TypeScript',
  'check:lint': 'rules of the code',
  'check:format': 'Prettier',
  'check:imports': 'arrows between folders',
  'check:unused': 'code and packages that nobody uses',
  'check:workflows': 'workflows, shell scripts, Dockerfiles',
  'k8s:check': 'Kubernetes overlays and Compose against schemas, policies and the code',
};

/** `npm run check`: each script of package.json that is called check:something or something:check, and a table of them. */
export async function run() {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(checkout, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const names = Object.keys(scripts).filter((name) => /^check:|:check$/.test(name));
  const waiting = [...names];
  const results: Map<string, Result> = new Map();
  const takeNext = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) results.set(name, await runScript(name));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, takeNext));

  for (const { said } of results.values()) if (said) console.log(`${said}\n`);
  for (const name of names) {
    const { failed, seconds } = results.get(name) ?? { failed: true, seconds: 0 };
    const about = what[name] ?? scripts[name];
    console.log(`  ${failed ? '✗' : '✓'} ${name.padEnd(16)}${`${seconds.toFixed(1)} s`.padStart(7)}   ${about}`);
    if (failed) process.exitCode = 1;
  }
}

export interface Result {
  seconds: number;
  failed: boolean;
  said: string;
}

async function runScript(name: string): Promise<Result> {
  const since = performance.now();
  /** What could not be checked on this machine. */
  const left: string[] = [];
  const seconds = () => (performance.now() - since) / 1000;
  try {
    const onLine = (line: string) => line.startsWith('Not checked') && left.push(line);
    await runCommand('npm', ['run', '--silent', name], { cwd: checkout, env: process.env, onLine });
    return { seconds: seconds(), failed: false, said: left.join('\n') };
  } catch (error) {
    return { seconds: seconds(), failed: true, said: errorMessage(error) };
  }
}
