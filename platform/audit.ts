import type { Logger } from './logger.js';

/**
 * What is written down of who may do what, and of what admins do, with the names that OWASP's vocabulary for logs has where it has
 * one, and what each is. A name that is there stays: somebody's alerts ask for it.
 */
export const AUDIT_EVENTS = {
  authn_login_success: 'somebody logged in',
  authn_login_fail: 'a log-in failed, of a user or of a client; `outcome` says why',
  authn_token_reuse: 'a refresh token came a second time: its session has ended',
  authn_password_change: 'a user has a new password',
  authn_password_change_fail: 'a new password was refused, as the one before was wrong',
  authn_signature_fail: 'a call that a carrier or a payment provider signs was refused; `outcome` says why',
  authz_fail: 'a call was answered with 403; `outcome` is the code of the problem',
  authz_change: 'a user has other roles: `roles`, and `before`',
  user_disabled: 'a user was disabled',
  user_enabled: 'a user who was disabled may log in again',
  stock_set: 'what can be ordered of a product was set to `quantity`',
  order_refunded: 'a part of what was paid for an order went back: `amount`',
  product_created: 'there is a new product, with its `price`',
  product_changed: 'what `fields` names of a product was changed; `price` is there where it was',
} as const;

export type AuditEvent = keyof typeof AUDIT_EVENTS;

export interface AuditEntry {
  /** `user:7`, `client:order-service`, `anonymous`, or `operator` at a command line. Never an e-mail address: logs name nobody. */
  actor: string;
  /** Whom or what it was done to, in the same form. */
  subject?: string | undefined;
  /** From where. */
  address?: string | undefined;
  /** Default: `success`. */
  outcome?: string | undefined;
  [detail: string]: unknown;
}

/** One line of the log, after the fact. It is there at every LOG_LEVEL under which errors are. */
export function writeAudit(logger: Logger, event: AuditEvent, { outcome = 'success', ...entry }: AuditEntry): void {
  const audit = logger.isLevelEnabled('error') ? logger.child({}, { level: 'info' }) : logger;
  audit.info({ audit: event, ...entry, outcome }, `audit: ${event}`);
}
