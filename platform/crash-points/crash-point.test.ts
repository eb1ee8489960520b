import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRASH_POINTS } from './crash-point.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'crash-points-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What becomes of a process that gets to a point. */
function reach(env: Record<string, string>) {
  const script = fileURLToPath(new URL('./testing/process.ts', import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script], {
    env: { PATH: process.env['PATH'], SERVICE_NAME: 'test', PORT: '0', ...env },
    encoding: 'utf8',
  });
  return { status, signal, stdout, stderr };
}

function arm(): string {
  const armed = path.join(folder, 'charge: provider answered');
  mkdirSync(armed);
  return armed;
}

describe('a crash point', () => {
  it('kills whoever gets there while it is armed, once', () => {
    const armed = arm();
    expect(reach({ CRASH_POINTS_DIR: folder })).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    expect(existsSync(armed)).toBe(false);
    expect(reach({ CRASH_POINTS_DIR: folder })).toMatchObject({ status: 0, stdout: 'lived' });
  });

  it('does nothing where the setting is missing', () => {
    const armed = arm();
    expect(reach({})).toMatchObject({ status: 0, stdout: 'lived' });
    rmSync(armed, { recursive: true });
  });

  it('keeps a process from starting in production, which names the setting', () => {
    const { status, stdout, stderr } = reach({ CRASH_POINTS_DIR: folder, NODE_ENV: 'production' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('does not start in production with CRASH_POINTS_DIR');
    expect(reach({ NODE_ENV: 'production' })).toMatchObject({ status: 0, stdout: 'lived' });
  });

  it('stands in the code wherever the list says so', () => {
    const code = ['activities', 'api', 'notifications', 'platform', 'services', 'workers']
      .flatMap((directory) =>
        readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((file) => path.join(directory, file)),
      )
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const names = Object.values(CRASH_POINTS).flatMap((points) => Object.keys(points));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !code.includes(`crashPoint('${name}')`))).toEqual([]);
  });
});
