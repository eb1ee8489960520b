import { gatewayOperations } from '../../contracts/http/operations.js';
import { problemTypeOf } from '../../contracts/http/problem.js';
import { handle } from '../http/handle.js';
import { notFound } from '../http/problem.js';

export const readProblemType = handle(gatewayOperations.readProblemType, ({ params: { code } }) => {
  const type = problemTypeOf(code);
  if (type === undefined) throw notFound('Unknown problem type.');
  return type;
});
