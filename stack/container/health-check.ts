import { get } from 'node:http';

// The image's HEALTHCHECK: ends with 0 when the process in this container is ready, else with 1 and what it lacks. A container
// runs it again and again, so it loads nothing: with a validated environment and fetch it takes three times the processor.
const asked = get({ host: '127.0.0.1', port: process.env['PORT'], path: '/readyz', timeout: 4_000 }, (answer) => {
  answer.pipe(process.stdout);
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
});
asked.once('timeout', () => asked.destroy(new Error('no answer within 4 s')));
asked.once('error', (error) => {
  process.stdout.write(error.message);
  process.exitCode = 1;
});
