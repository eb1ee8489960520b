import type { StandIn } from '../stand-in.js';
import { debian, node } from './base.js';
import { kafka, maildev, postgres, prometheus, redis, zipkin } from './servers.js';
import { temporalAdminTools, temporalServer, temporalUi } from './temporal.js';

/** The first one decides whether any can be pulled: a quick one. */
export const standIns: StandIn[] = [
  debian,
  node,
  postgres,
  redis,
  kafka,
  temporalServer,
  temporalAdminTools,
  temporalUi,
  zipkin,
  prometheus,
  maildev,
];
