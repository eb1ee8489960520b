import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { ServerContext } from '../../stack/servers/types.js';
import type { Engine } from './engine.js';

/** What stands in for an official image where none can be pulled: made from packages, with the same entry point, variables, paths and users. */
export interface StandIn {
  /** The official name, with its tag. */
  image: string;
  /** The name of its folder below stand-ins/, which holds its recipe. */
  folder: string;
  /** The stand-in that it is built on. */
  on?: StandIn;
  /** What besides its recipe decides what it is. */
  pins?: (string | Buffer)[];
  /** Puts what the recipe copies, and what is not in its folder, into the context of the build. */
  prepare?: (context: string, tools: ServerContext) => Promise<void>;
  /** Makes it otherwise than by a Dockerfile. */
  make?: (building: Building) => Promise<void>;
}

export interface Building {
  engine: Engine;
  /** The recipe's folder and what was put beside it. */
  context: string;
  /** To be put on the image. */
  label: string;
  tools: ServerContext;
}

export const labelName = 'holdfast.stand-in';

export const recipeOf = ({ folder }: StandIn): string => path.join(import.meta.dirname, 'stand-ins', folder);

/** Changes when the recipe does, or what it is built from. */
export function digestOf(standIn: StandIn): string {
  const hash = createHash('sha256').update(standIn.image);
  const recipe = recipeOf(standIn);
  const files = fs.readdirSync(recipe, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => path.join(file.parentPath, file.name)).sort();
  for (const file of paths) hash.update(path.relative(recipe, file)).update('\0').update(fs.readFileSync(file));
  for (const pin of standIn.pins ?? []) hash.update('\0').update(pin);
  if (standIn.on) hash.update(digestOf(standIn.on));
  return hash.digest('hex').slice(0, 16);
}
