import { whyRefused } from '../../services/user/passwords.js';
import { badRequest } from '../http/problem.js';

/** 400 for a new password that anybody would guess. */
export function requireGoodPassword(password: string, email: string): void {
  const message = whyRefused(password, email);
  if (message !== undefined) throw badRequest('Invalid request body.', [{ path: 'password', message }]);
}
