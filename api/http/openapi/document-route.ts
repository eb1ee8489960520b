import { Router } from 'express';
import type { Operations } from '../../../contracts/http/operation.js';
import { processOperations } from '../../../contracts/http/operations/processes.js';
import type { ServiceName } from '../../../contracts/services.js';
import { buildDocument } from './document.js';
import type { OpenApiDocument } from './document.js';

/** GET /openapi.json: what the process answers, made when it is first asked for. */
export function documentRoute(service: ServiceName, operations: Operations): Router {
  let document: OpenApiDocument | undefined;
  return Router().get('/openapi.json', (_req, res) => {
    document ??= buildDocument(service, { ...operations, ...processOperations(service) });
    res.json(document);
  });
}
