import { expect, test } from 'vitest';
import { createLogger } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ service: 'some-service', level: 'info' }, { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('writes JSON lines with RFC 3339 time, level by name, service and message', () => {
  const [line] = logged((logger) => logger.child({ orderId: 'o-1' }).warn({ amount: 5 }, 'something happened'));
  expect(line).toMatchObject({
    level: 'warn',
    service: 'some-service',
    message: 'something happened',
    orderId: 'o-1',
    amount: 5,
  });
  expect(new Date(line?.['time'] as string).toISOString()).toBe(line?.['time']);
});

test('never writes a password or a token', () => {
  const [line] = logged((logger) =>
    logger.info(
      { password: 'hunter2', user: { accessToken: 'hunter2' }, req: { headers: { authorization: 'hunter2' } } },
      'x',
    ),
  );
  expect(JSON.stringify(line)).not.toContain('hunter2');
});
