import { createLogger } from '../../platform/logger.js';

/** A logger that hears errors alone, and so what is audited, which it keeps without what each line has. */
export function auditedLogger(service: string) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(
    { service, level: 'error' },
    {
      write: (text) => {
        const { audit, actor, subject, outcome, request, ...rest } = JSON.parse(text) as Record<string, unknown>;
        const { time: _time, level: _level, service: _service, message: _message, reqId: _reqId, ...more } = rest;
        if (audit !== undefined) lines.push({ audit, actor, subject, outcome, request, ...more });
      },
    },
  );
  return { logger, lines };
}
