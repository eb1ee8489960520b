import { writeFile } from 'node:fs/promises';
import { documentsWithTables, remade } from './documents.js';

// `npm run docs`: makes the tables in the documents anew from the code.
for (const path of documentsWithTables) await writeFile(path, (await remade(path)).should);
