import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { composeFindings, parseCompose } from './compose.js';

const text = readFileSync('docker-compose.yml', 'utf8');
const findingsIn = (changed: string) => composeFindings(parseCompose(changed), ['redis:7.4.6-bookworm']).join('\n');

it('has nothing wrong with it', () => expect(findingsIn(text)).toBe(''));

it.each([
  ['a misspelt key', 'pull_policy: never', 'pull_polcy: never', 'must NOT have additional properties'],
  [
    'a value of the wrong kind',
    'stop_grace_period: 40s',
    'stop_grace_period: [40s]',
    'stop_grace_period must be string',
  ],
  ['a writable root', 'read_only: true', 'read_only: false', 'service gateway can write'],
  ['capabilities', 'cap_drop: [ALL]', 'cap_drop: [NET_RAW]', 'service gateway has capabilities'],
  [
    'privileges to be gained',
    "security_opt: ['no-new-privileges:true']",
    'security_opt: []',
    'service gateway can gain',
  ],
  [
    'a privileged container',
    '    image: redis',
    '    privileged: true\n    image: redis',
    'service redis is privileged',
  ],
  [
    'no limit',
    "limits: { cpus: '1', memory: 128m, pids: 50 }",
    "limits: { cpus: '1' }",
    'service redis has no limit of memory',
  ],
  ['an image that moves', 'image: maildev/maildev:2.2.1', 'image: maildev/maildev', 'runs maildev/maildev, which'],
  ['another version than elsewhere', 'redis:7.4.6', 'redis:7.4.7', 'and Kubernetes redis:7.4.6-bookworm'],
  ['a port for all', "'127.0.0.1:${REDIS_PORT", "'${REDIS_PORT", 'service redis is open to other machines'],
  [
    'another port than npm start',
    'GATEWAY_PORT:-8080}:8080',
    'GATEWAY_PORT:-8000}:8080',
    'which is not the port of npm start',
  ],
  ['another port inside', 'PORT: 8081', 'PORT: 8080', 'service user-service: PORT is 8080, not 8081'],
  [
    'a setting left out',
    '      OAUTH_CLIENT_ID: order-service\n',
    '',
    'service order-service: OAUTH_CLIENT_ID is missing',
  ],
  ['a misspelt setting', 'ORDER_WAIT_MS: ${ORDER_WAIT_MS:-}', "ORDER_WAIT: '9'", 'ORDER_WAIT is no setting of it'],
  [
    'a setting of another',
    '[*payload, *traced]',
    '[*payload, *kafka]',
    'codec-server: KAFKA_BROKERS is no setting of it',
  ],
  ['a value that the code refuses', 'http://zipkin:9411', 'zipkin', 'ZIPKIN_URL is refused'],
  ['a value that the code refuses', "SEED_DEMO_DATA: 'true'", "SEED_DEMO_DATA: 'yes'", 'SEED_DEMO_DATA is refused'],
  ['another process', 'command: [payment-worker]', 'command: [payments]', 'there is no process payments'],
  ['a process left out', '  codec-server:\n', '  codec:\n', 'codec-server is not there'],
])('%s is found', (_what, good, bad, finding) => {
  expect(text).toContain(good);
  expect(findingsIn(text.replaceAll(good, bad))).toContain(finding);
});
