import { notFound } from '../../http/problem.js';
import type { Problem } from '../../http/problem.js';

export function noSuchProduct(id: number): Problem {
  return notFound(`There is no product ${String(id)}.`);
}
