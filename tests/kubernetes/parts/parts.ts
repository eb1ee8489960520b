import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NewImages } from './images.js';
import type { Programs } from './programs.js';

/** What was fetched or built before the cluster, which no network leads out of, is brought up. */
export interface Parts {
  programs: Programs;
  /** A folder of CustomResourceDefinitions. */
  crds: string;
  /** Keeps the images that the node has imported, from run to run. */
  imageStore: string;
  newImages: NewImages;
}

const fileIn = (dir: string) => path.join(dir, 'parts.json');

export function writeParts(dir: string, parts: Parts): void {
  writeFileSync(fileIn(dir), JSON.stringify(parts, null, 2));
}

export function readParts(dir: string): Parts {
  return JSON.parse(readFileSync(fileIn(dir), 'utf8')) as Parts;
}
