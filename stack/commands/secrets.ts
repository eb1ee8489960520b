import fs from 'node:fs';
import { withSecrets } from '../app/secrets.js';

/** `npm run secrets`: what docker-compose.yml needs in .env, or in another file; what is there stays as it is. */
export function run() {
  const file = process.argv[2] ?? '.env';
  const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const after = withSecrets(before);
  if (after !== before) {
    fs.writeFileSync(`${file}.new`, after, { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
  }
  console.log(
    after === before ? `${file} has every secret already` : `${file} has every secret now; keep it to yourself`,
  );
}
