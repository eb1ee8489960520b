import type { Router } from 'express';
import { gatewayOperations } from '../../contracts/http/operations/gateway.js';
import { problemTypeOf } from '../../contracts/http/problem.js';
import type { Authenticator } from '../http/auth.js';
import { notFound } from '../http/problem.js';
import { route } from '../http/route.js';
import { parseParams } from '../http/validate.js';

const operation = gatewayOperations.readProblemType;

export function readProblemType({ auth }: { auth: Authenticator }): Router {
  return route(operation, { auth }, (req, res) => {
    const { code } = parseParams(operation.params, req);
    const type = problemTypeOf(code);
    if (type === undefined) throw notFound('Unknown problem type.');
    res.json(type);
  });
}
