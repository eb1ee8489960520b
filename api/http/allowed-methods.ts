import { Router } from 'express';
import { forwardedOperations, gatewayOperations } from '../../contracts/http/operations/gateway.js';
import { internalOperations } from '../../contracts/http/operations/sessions.js';
import type { Operation } from '../../contracts/http/operation.js';
import { processOperations } from '../../contracts/http/operations/processes.js';
import { SERVICES } from '../../contracts/services.js';
import { Problem } from './problem.js';
import { expressPath } from './route.js';

type Path = Pick<Operation, 'service' | 'method' | 'path'>;

const forwarded: Path[] = Object.values(forwardedOperations);
const own: Path[] = [
  ...Object.values(gatewayOperations),
  // What the page of the reference loads.
  { service: 'gateway', method: 'get', path: '/docs/{file}' },
  ...Object.values(internalOperations),
  ...SERVICES.map((service) => processOperations(service).getDocument),
];

/**
 * Of a path that a service has operations for: 405 with `Allow` for any other method, whoever asks, and `Allow` for OPTIONS.
 * The gateway has those of all services.
 */
export function allowedMethods(service: string): Router {
  const router = Router();
  const methods = new Map<string, Set<string>>();
  const all = [
    ...(service === 'gateway' ? forwarded : []),
    ...[...forwarded, ...own].filter((one) => one.service === service),
  ];
  for (const { method, path } of all) {
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method.toUpperCase()));
  }
  // A path in words comes before one with a parameter in their place, as in the document.
  const paths = [...methods].sort(([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')));
  for (const [path, known] of paths) {
    const allowed = [...known, ...(known.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
    router.all(expressPath(path), (req, res, next) => {
      if (req.method === 'OPTIONS') return void res.set('Allow', allowed.join(', ')).status(204).end();
      if (allowed.includes(req.method)) return next('router');
      throw methodNotAllowed(allowed);
    });
  }
  return router;
}

const methodNotAllowed = (allowed: string[]) =>
  new Problem({
    status: 405,
    code: 'method-not-allowed',
    detail: `Allowed methods: ${allowed.join(', ')}.`,
    headers: { Allow: allowed.join(', ') },
  });
