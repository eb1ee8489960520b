import type { Request } from 'express';
import { writeAudit } from '../../platform/audit.js';
import type { AuditEntry, AuditEvent } from '../../platform/audit.js';
import { addressOf, callerOf } from './rate-limits.js';

/** Of a request: whose it is and from where is read of it. Whatever else is said of it names nobody, and no secret. */
export function audit(req: Request, event: AuditEvent, entry: Omit<AuditEntry, 'actor' | 'address'> = {}): void {
  writeAudit(req.log, event, {
    actor: req.principal === undefined ? 'anonymous' : callerOf(req),
    address: addressOf(req),
    // Without the query, as in the line of the request.
    request: `${req.method} ${req.originalUrl.split('?')[0] ?? ''}`,
    ...entry,
  });
}
