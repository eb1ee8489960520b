import { beforeAll, expect, it } from 'vitest';
import { obtainPrometheus } from '../stack/servers/prometheus.js';
import { onThisMachine } from '../stack/servers/registries.js';
import { runCommand } from '../stack/support/run-command.js';

let promtool: string;
beforeAll(async () => {
  promtool = (await obtainPrometheus(onThisMachine())).promtool;
});

it('Prometheus takes the rules', async () => {
  expect(await runCommand(promtool, ['check', 'rules', 'monitoring/rules.yml'])).toContain('rules found');
});

it('each alert fires in its scenario, and no other does', { timeout: 300_000 }, async () => {
  expect(await runCommand(promtool, ['test', 'rules', 'monitoring/rules.test.yml'])).toContain('SUCCESS');
});
