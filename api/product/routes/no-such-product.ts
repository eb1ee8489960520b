import { notFound } from '../../http/problem.js';
import type { Problem } from '../../http/problem.js';

export function noSuchProduct(id: number): Problem {
  return notFound(`Product ${String(id)} does not exist.`);
}
