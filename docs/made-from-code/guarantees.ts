import path from 'node:path';
import { ATTACKS } from '../../tests/guards/attack-tests.js';
import { SECTIONS } from '../../tests/guards/all.js';
import { table } from './table.js';

/** All of docs/guarantees.md but its introduction. */
export function guaranteeTables(): Record<string, string> {
  const sections = SECTIONS.map(({ title, name, guards }) =>
    [
      `## ${title}`,
      `\`npm run test:guards -- ${name}\``,
      table(
        ['promise', 'guard', 'test'],
        guards.map(({ promise, code, test }) => [
          promise,
          link(code.file),
          `${link(test.writtenIn ?? test.file)}: ${test.name}`,
        ]),
      ),
    ].join('\n\n'),
  );
  return { guarantees: sections.join('\n\n') };
}

/** The attacks of docs/security.md. */
export const attackTable = (): string =>
  table(
    ['attack', 'what holds', 'tests'],
    ATTACKS.map(({ attack, held, tests }) => [
      attack,
      held,
      tests.map(({ file, name }) => `${link(file)}: ${name}`).join('<br>'),
    ]),
  );

const link = (file: string) => `[${path.basename(file)}](../${file})`;
