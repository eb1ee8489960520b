import { stringify } from 'yaml';
import { type Environment, ownEnvironments, type Site } from './environments.js';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { appSecrets, databasePasswordName } from '../stack/app/secrets.js';
import { databaseNames, type DatabaseName } from '../stack/app/databases.js';
import { databaseSettings } from '../stack/app/environment.js';
import { keepSecrets } from '../stack/support/state.js';

/** A kustomization that makes ConfigMaps, or Secrets, of what is given by their names. */
export function kustomization(makes: {
  configMapGenerator?: Record<string, Environment>;
  secretGenerator?: Record<string, Environment>;
}): string {
  const generators = Object.entries(makes).map(([generator, made]) => [
    generator,
    Object.entries(made)
      .filter(([, environment]) => Object.keys(environment).length > 0)
      .map(([name, environment]) => ({
        name,
        literals: Object.entries(environment).map(([setting, value]) => `${setting}=${value}`),
      })),
  ]);
  return stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...Object.fromEntries(generators),
  });
}

const random = () => randomBytes(24).toString('base64url');

/** The Secrets of the dev overlay, by name: made at the first time, and kept in `dir`, beside whatever has been made from them. */
export function devSecrets(dir: string): Record<string, Environment> {
  const ours = appSecrets(dir);
  const servers = keepSecrets(path.join(dir, 'server-secrets.json'), { postgres: random, temporal: random });
  const address = (role: string, password = '', database = role) =>
    `postgres://${role}:${password}@postgres:5432/${database}`;
  const databases = Object.fromEntries(
    databaseNames.map((name) => [name, address(name, ours[databasePasswordName(name)])]),
  ) as Record<DatabaseName, string>;
  const site: Site = { secrets: ours, databases, REDIS_URL: 'redis://redis:6379', SMTP_URL: 'smtp://maildev:1025' };
  return {
    ...Object.fromEntries(Object.entries(ownEnvironments(site)).map(([name, { secrets }]) => [name, secrets])),
    databases: {
      POSTGRES_ADMIN_URL: address('postgres', servers['postgres']),
      ...databaseSettings(databases),
      TEMPORAL_DATABASE_URL: address('temporal', servers['temporal']),
      TEMPORAL_VISIBILITY_DATABASE_URL: address('temporal', servers['temporal'], 'temporal_visibility'),
    },
    postgres: { POSTGRES_PASSWORD: servers['postgres'] ?? '' },
    temporal: { POSTGRES_PWD: servers['temporal'] ?? '' },
  };
}

/** The folder `secrets` of the dev overlay. */
export function devSecretsKustomization(dir: string): string {
  return kustomization({ secretGenerator: devSecrets(dir) });
}
