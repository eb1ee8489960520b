import { rmdirSync } from 'node:fs';
import path from 'node:path';
import type { CrashPoint } from './list.js';

let folder: string | undefined;

/** Called once, by whoever reads the environment: see CRASH_POINTS_DIR. undefined: no point does anything. */
export function armCrashPoints(directory: string | undefined): void {
  folder = directory;
}

/**
 * Where a test has made a folder of this name in CRASH_POINTS_DIR, takes it away and dies as of `kill -9`: once, and of
 * all processes that get here at the same time one. Without the setting, which production refuses, it does nothing.
 */
export function crashPoint(name: CrashPoint): void {
  if (folder === undefined) return;
  try {
    // Removing is what only one of several can do, and a folder is taken away only whole.
    rmdirSync(path.join(folder, name));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}
