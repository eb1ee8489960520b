import { forwardedOperations } from '../../contracts/http/operations/gateway.js';

const operations = Object.values(forwardedOperations);

export type Upstream = (typeof operations)[number]['service'];

/** Which service answers what lies under each path. */
export const ROUTE_TABLE: Record<string, Upstream> = Object.fromEntries(
  operations.map(({ path, service }) => [path.replace(/^(\/[^/]+).*/, '$1'), service]),
);
