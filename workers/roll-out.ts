import { parseArgs } from 'node:util';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { ORDER_DEPLOYMENT } from '../contracts/services.js';
import { duration, readEnv, temporalAddressSettings } from '../platform/env.js';
import { canary, promote, goBack, tellBuilds } from './roll-out/canary.js';
import { errorMessage } from '../platform/error-message.js';

// `npm run roll-out -- canary|promote|back|builds`, for any Temporal that the environment names: which build of the order worker
// takes new orders. Needs no payload keys. Ends with 0 when it was done, with 1 when not, with 2 for what it can't read.
const usage = `npm run roll-out -- canary [--build ID] [--percentage 10] [--for 10m] [--orders 1] [--at-most 1h]
npm run roll-out -- promote|back [--build ID]
npm run roll-out -- builds

  canary   gives a build (the newest, unless said) a part of the new orders and looks at these for so long, and until so many
           began; takes it back when one of them asks for an operator, failed or can't go on, or when there are too few
  promote  gives it all new orders
  back     ends a canary, where there is one; with --build, gives all new orders to that build
  builds   tells each build: current, ramping, draining (orders of it run), drained (its workers may go), inactive
TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where.`;

const say = (text: string) => void process.stdout.write(`${text}\n`);

const { command, options } = readCommand();
const config = readEnv(z.object(temporalAddressSettings));
const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS });
const where = {
  service: connection.workflowService,
  namespace: config.TEMPORAL_NAMESPACE,
  deploymentName: ORDER_DEPLOYMENT,
};
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

try {
  if (command === 'canary') await canary(where, { ...options, everyMs: 5_000, signal: stopping.signal, say });
  else if (command === 'builds') await tellBuilds(where, say);
  else if (command === 'promote') await promote(where, options.buildId, say);
  else await goBack(where, options.buildId, say);
} catch (error) {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
} finally {
  await connection.close();
}

function readCommand() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        build: { type: 'string' },
        percentage: { type: 'string', default: '10' },
        for: { type: 'string', default: '10m' },
        orders: { type: 'string', default: '1' },
        'at-most': { type: 'string', default: '1h' },
      },
    });
    const options = {
      buildId: values.build,
      percentage: z.coerce.number().gt(0).max(100).parse(values.percentage),
      forMs: duration.parse(values.for),
      atMostMs: duration.parse(values['at-most']),
      orders: z.coerce.number().int().min(0).parse(values.orders),
    };
    return { command: z.tuple([z.enum(['canary', 'promote', 'back', 'builds'])]).parse(positionals)[0], options };
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    process.stderr.write(`${said}\n\n${usage}\n`);
    process.exit(2);
  }
}
