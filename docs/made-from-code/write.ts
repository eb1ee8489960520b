import { writeFile } from 'node:fs/promises';
import { documentsMadeFromCode, remade } from './documents.js';

// `npm run docs`: makes the tables in the documents anew from the code.
for (const path of documentsMadeFromCode) await writeFile(path, (await remade(path)).should);
