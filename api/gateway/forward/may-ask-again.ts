import type { Request } from 'express';

/** What changes nothing. */
export const isRead = ({ method }: Request): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/**
 * What does the same when it is done twice, so that it may be sent again when nobody knows whether it was done. Of all
 * POSTs only that of an order honours an Idempotency-Key.
 */
export function isRepeatable(req: Request): boolean {
  if (isRead(req) || ['PUT', 'DELETE'].includes(req.method)) return true;
  return req.method === 'POST' && req.path === '/orders' && req.headers['idempotency-key'] !== undefined;
}
