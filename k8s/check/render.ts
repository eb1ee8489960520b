import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { devSecrets, devSecretsKustomization } from '../dev-secrets.js';
import type { MadeUp } from './containers.js';
import type { Manifest } from './manifest.js';

const run = promisify(execFile);

export const OVERLAYS = ['dev', 'production'] as const;

/** What a command such as `kubectl kustomize` prints of a folder of k8s, of a copy whose secrets are made up. */
export async function renderText(kustomize: readonly string[], folder: string): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), 'k8s-'));
  try {
    await cp('k8s', path.join(copy, 'k8s'), {
      recursive: true,
      filter: (file) => !/(schemas|dev\/secrets)$/.test(file),
    });
    await cp('monitoring', path.join(copy, 'monitoring'), { recursive: true });
    const secrets = path.join(copy, 'k8s/overlays/dev/secrets');
    await mkdir(secrets);
    await writeFile(path.join(secrets, 'kustomization.yaml'), devSecretsKustomization(copy));
    const [program = '', ...args] = kustomize;
    const { stdout } = await run(program, [...args, path.join(copy, 'k8s', folder)], { maxBuffer: 2 ** 26 });
    return stdout;
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** Throws where a document isn't YAML, or says a thing twice. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/** What a store of secrets might hold for an overlay that makes none itself. */
export async function madeUpFor(folder: string): Promise<MadeUp> {
  if (!folder.endsWith('production')) return {};
  const dir = await mkdtemp(path.join(tmpdir(), 'k8s-secrets-'));
  try {
    const madeUp = devSecrets(dir);
    for (const [name, secrets] of Object.entries(madeUp)) {
      if ('SMTP_URL' in secrets) secrets['SMTP_URL'] = 'smtps://holdfast:secret@mail.example.internal:587';
      if (name === 'payment-service') secrets['STRIPE_WEBHOOK_SECRETS'] = 'whsec_madeup';
      if (name === 'payment-worker') secrets['STRIPE_SECRET_KEY'] = 'rk_live_madeup';
    }
    return madeUp;
  } finally {
    await rm(dir, { recursive: true });
  }
}
