import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullable() }),
      ),
    }),
  ),
});

/** What vitest says of the files it ran, in its JSON report. */
export type TestReport = z.output<typeof Report>;

export interface RunTestsOptions {
  copy: string;
  files: readonly string[];
  /** Parts of the names of the tests to run; all others are skipped. */
  names: readonly string[];
  limitMs: number;
}

/** Runs the tests in a copy. Rejects where vitest comes to no report, with its last lines, or to none in time. */
export async function runTests({ copy, files, names, limitMs }: RunTestsOptions): Promise<TestReport> {
  const file = path.join(copy, '.guard-report.json');
  await rm(file, { force: true });
  const pattern = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', ...files, '-t', pattern, '--reporter=json', `--outputFile=${file}`],
    { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      lines.push(...String(chunk).split('\n').filter(Boolean));
      lines.splice(0, lines.length - 15);
    });
  const late = setTimeout(() => child.kill('SIGKILL'), limitMs);
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(late);
  const report = await readFile(file, 'utf8').catch(() => undefined);
  if (report !== undefined) return Report.parse(JSON.parse(report));
  throw new Error(
    child.signalCode === 'SIGKILL'
      ? `no end after ${limitMs / 1000} s`
      : `vitest wrote no report:\n${lines.join('\n')}`,
  );
}
