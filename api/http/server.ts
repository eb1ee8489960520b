export { listen } from '../../platform/listen.js';
export type { Listening } from '../../platform/listen.js';
