import { mkdirSync, writeFileSync } from 'node:fs';
import { devSecretsKustomization } from './dev-secrets.js';

// `npm run k8s:secrets`: the Secrets of the dev overlay, for this checkout alone. What was made before stays as it is.
const folder = 'k8s/overlays/dev/secrets';
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/kustomization.yaml`, devSecretsKustomization('.holdfast/k8s'), { mode: 0o600 });
process.stdout.write(`${folder} is there: kubectl apply -k k8s/overlays/dev\n`);
