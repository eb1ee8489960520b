import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CrashPoint } from '../../platform/crash-points/crash-point.js';

export interface CrashPoints {
  /** What an application's processes must be told. */
  env: { CRASH_POINTS_DIR: string };
  /** The next process that gets there dies, as of `kill -9`. */
  arm(point: CrashPoint): Promise<void>;
  /** For what nobody got to. */
  disarm(point: CrashPoint): Promise<void>;
  /** Until somebody has got there. */
  isArmed(point: CrashPoint): boolean;
}

/** Of the application that keeps its logs in `dir`. */
export function crashPointsIn(dir: string): CrashPoints {
  const folder = path.resolve(dir, 'crash-points');
  return {
    env: { CRASH_POINTS_DIR: folder },
    arm: async (point) => {
      await mkdir(path.join(folder, point), { recursive: true });
    },
    disarm: (point) => rm(path.join(folder, point), { recursive: true, force: true }),
    isArmed: (point) => existsSync(path.join(folder, point)),
  };
}
