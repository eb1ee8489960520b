import { expect, it } from 'vitest';
import { addressTable } from './start.js';

it('names what is there, and no password', () => {
  const table = addressTable({
    urls: { gateway: 'http://127.0.0.1:8080', 'order-service': 'http://127.0.0.1:8082' },
    env: {
      POSTGRES_ADMIN_URL: 'postgresql://postgres:p:s@st@127.0.0.1:5432/postgres',
      REDIS_URL: 'redis://:s3cret@127.0.0.1:6379/0',
      KAFKA_BROKERS: '127.0.0.1:9092,127.0.0.1:9093',
    },
  });
  expect(table.split('\n').map((row) => row.trim().split(/ {2,}/))).toEqual([
    ['Shop', 'http://127.0.0.1:8080'],
    ['Desk of operators', 'http://127.0.0.1:8080/desk'],
    ['API', 'http://127.0.0.1:8080/docs'],
    ['Kafka', '127.0.0.1:9092,127.0.0.1:9093'],
    ['Redis', 'redis://:…@127.0.0.1:6379/0'],
    ['PostgreSQL', 'postgresql://postgres:…@127.0.0.1:5432/postgres'],
    ['order-service', 'http://127.0.0.1:8082'],
  ]);
});
