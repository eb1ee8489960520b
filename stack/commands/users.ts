import { runOnStack } from '../support/run-on-stack.js';

/** `npm run users`: who is an admin, and who is disabled, in the running stack. */
export const run = () => runOnStack('api/user/users.js', 'USER_DATABASE_URL', 'DATABASE_URL');
