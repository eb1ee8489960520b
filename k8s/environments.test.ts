import { expect, it } from 'vitest';
import { settingsOfProcesses } from '../docs/made-from-code/processes.js';
import { ourProcesses } from '../stack/app/processes.js';
import { secretNamesOf } from './environments.js';

/** The name of a key, which tells nobody the key, goes where the key goes. */
const NAMED_LIKE_A_SECRET = /(^|_)(PASSWORD|PRIVATE_KEY|SECRETS?|SECRET_KEY|KEYS|KEY_ID|DATABASE_URL)$/;

it.each(['setup', ...ourProcesses.map(({ name }) => name)])('%s reads no secret from a ConfigMap', (process) => {
  const settings = Object.keys(settingsOfProcesses[process]!);
  const secrets = settings.filter((name) => NAMED_LIKE_A_SECRET.test(name));
  expect(secrets.filter((name) => !secretNamesOf(process).includes(name))).toEqual([]);
});
