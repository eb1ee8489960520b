import { stringify } from 'yaml';
import type { Environment } from './environments.js';

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
