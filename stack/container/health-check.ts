import { z } from 'zod';
import { port, readEnv } from '../../platform/env.js';

// The image's HEALTHCHECK: ends with 0 when the process in this container is ready, else with 1 and what it lacks.
const { PORT } = readEnv(z.object({ PORT: port }));
try {
  const answer = await fetch(`http://127.0.0.1:${PORT}/readyz`, { signal: AbortSignal.timeout(4_000) });
  process.stdout.write(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
