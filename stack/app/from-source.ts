import { pathToFileURL } from 'node:url';

// Run by tsx: imports the files named, one after the other. Telemetry has to be there before what it watches, and `--import`
// would have it in threads too, which have no tsx.
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
