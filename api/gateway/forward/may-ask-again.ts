import type { Request } from 'express';

/** What changes nothing. */
export const isRead = ({ method }: Request): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method);

/**
 * What does the same when it is done twice, so that it may be sent again when nobody knows whether it was done. Of all
 * POSTs only that of an order honours an Idempotency-Key. What follows a version is done once: the second time its own
 * change stands in its way, and would be taken for somebody else's.
 */
export function isRepeatable(req: Request): boolean {
  if (isRead(req)) return true;
  if (['PUT', 'DELETE'].includes(req.method)) return (req.headers['if-match'] ?? '*').trim() === '*';
  return req.method === 'POST' && req.path === '/orders' && req.headers['idempotency-key'] !== undefined;
}
