import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('./process.ts', import.meta.url));

/** Starts `process.ts`; it does what `how` says. */
export function startProcess(
  how: string,
  { imports = [], env = {} }: { imports?: string[]; env?: Record<string, string> } = {},
) {
  const loaded = ['tsx', ...imports].flatMap((one) => ['--import', one]);
  const child = spawn(process.execPath, [...loaded, script, how], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // Also where its test failed.
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return {
    child,
    exit,
    messages: () =>
      output
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { message: string }).message),
    output: () => output,
  };
}
