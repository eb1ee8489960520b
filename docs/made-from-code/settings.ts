import { z } from 'zod';
import type { Settings } from './processes.js';

/** A setting of our processes, as whoever sets it needs to know it. */
export interface Setting {
  name: string;
  meaning: string;
  /** As it would stand in the environment. */
  byDefault?: string;
  requiredBy: string[];
  readBy: string[];
}

/**
 * The settings of all processes, by name. Throws where one has no meaning, or where two processes differ in its meaning
 * or default: one name is one thing.
 */
export function settingsOf(processes: Record<string, Settings>): Setting[] {
  const found = new Map<string, Setting>();
  for (const [process, shape] of Object.entries(processes)) {
    for (const [name, schema] of Object.entries(shape)) {
      const seen = describe(name, schema);
      const setting = found.get(name) ?? { name, ...seen, requiredBy: [], readBy: [] };
      if (setting.meaning !== seen.meaning || setting.byDefault !== seen.byDefault)
        throw new Error(`${process} says of ${name}: ${JSON.stringify(seen)}; others: ${JSON.stringify(setting)}`);
      setting.readBy.push(process);
      if (!schema.safeParse(undefined).success) setting.requiredBy.push(process);
      found.set(name, setting);
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function describe(name: string, schema: z.ZodType): Pick<Setting, 'meaning' | 'byDefault'> {
  const meaning = meaningOf(schema);
  if (meaning === undefined) throw new Error(`${name} has no meaning: give its schema a .describe()`);
  return schema instanceof z.ZodDefault ? { meaning, byDefault: String(schema.def.defaultValue) } : { meaning };
}

function meaningOf(schema: z.ZodType): string | undefined {
  if (schema.description !== undefined) return schema.description;
  return schema instanceof z.ZodOptional ? meaningOf(schema.unwrap() as z.ZodType) : undefined;
}
