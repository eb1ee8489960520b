// The arrows of docs/architecture.md. Tests, and what stands in a testing/ folder for them, may import anything.
const tests = '(\\.test\\.ts$|/testing/)';
const tested = { pathNot: tests };

/** @param {string} name @param {string} from @param {string[]} allowed */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: {
    dependencyTypesNot: ['npm', 'npm-dev', 'npm-peer', 'core'],
    pathNot: [from, ...allowed, 'node_modules'],
  },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'nothing-missing', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-packages',
      severity: 'error',
      from: {
        path: '^(contracts|workflows|activities|workers|api|services|notifications|platform|clients)/',
        ...tested,
        pathNot: tests,
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    only('contracts-import-nothing-of-ours', '^contracts/', []),
    only('domain-is-pure', '^services/[^/]+/domain/', ['^contracts/']),
    only('workflows-are-deterministic', '^workflows/', ['^contracts/', '^services/[^/]+/domain/']),
    // But for the one table of metrics.
    only('platform-has-no-business-words', '^platform/', ['^contracts/metrics\\.ts$']),
    only('monitoring', '^monitoring/', ['^contracts/']),
    only('clients', '^clients/', ['^contracts/', '^platform/']),
    only('web', '^web/src/', ['^contracts/']),
    only('services', '^services/', ['^contracts/', '^platform/']),
    only('notifications', '^notifications/', ['^contracts/', '^platform/', '^clients/', '^api/http/']),
    only('activities', '^activities/', ['^contracts/', '^platform/', '^clients/', '^services/']),
    only('api-http', '^api/http/', ['^contracts/', '^platform/', '^clients/']),
    only('api', '^api/', ['^contracts/', '^platform/', '^clients/', '^services/', '^workflows/[^/]+/messages\\.ts$']),
    only('stack-support', '^stack/support/', ['^stack/prerequisites\\.js$', '^platform/error-message\\.ts$']),
    only('stack-servers', '^stack/servers/', [
      '^stack/support/',
      '^stack/prerequisites\\.js$',
      '^platform/error-message\\.ts$',
    ]),
    only('stack-app', '^stack/app/', ['^stack/support/', '^stack/setup/temporal\\.ts$']),
    only('stack-checks', '^stack/checks/', ['^stack/support/', '^stack/servers/']),
    only('stack-kafka-ui', '^stack/kafka-ui/', ['^stack/support/']),
    only('stack-setup', '^stack/setup/', ['^contracts/', '^platform/', '^services/', '^stack/support/']),
    only('stack-container', '^stack/container/', ['^platform/', '^stack/app/', '^stack/setup/']),
    {
      name: 'a-command-is-run',
      comment: 'By its name: see stack/run.js.',
      severity: 'error',
      from: { path: '^stack/', pathNot: ['^stack/commands/', tests] },
      to: { path: '^stack/commands/' },
    },
    only('workers', '^workers/', [
      '^contracts/',
      '^platform/',
      '^clients/',
      '^services/',
      '^activities/',
      '^workflows/',
    ]),
    {
      name: 'a-service-body-is-its-own',
      comment: 'Another service asks over HTTP or through an activity; only pure rules are shared.',
      severity: 'error',
      from: { path: '^services/([^/]+)/', ...tested },
      to: { path: '^services/', pathNot: ['^services/$1/', '^services/[^/]+/domain/'] },
    },
    {
      name: 'a-front-door-opens-its-own-service',
      severity: 'error',
      from: { path: '^api/([^/]+)/', ...tested },
      to: { path: '^services/', pathNot: ['^services/$1/', '^services/[^/]+/domain/'] },
    },
    {
      name: 'front-doors-do-not-know-each-other',
      severity: 'error',
      from: { path: '^api/([^/]+)/', ...tested },
      to: { path: '^api/', pathNot: ['^api/$1/', '^api/http/'] },
    },
    {
      name: 'an-activity-opens-its-own-service',
      severity: 'error',
      from: { path: '^activities/([^/.-]+)', ...tested },
      to: { path: '^services/', pathNot: ['^services/$1/', '^services/[^/]+/domain/'] },
    },
    {
      name: 'workflows-use-the-workflow-package-alone',
      severity: 'error',
      from: { path: '^workflows/', ...tested },
      to: {
        dependencyTypes: ['npm', 'core'],
        pathNot: ['@temporalio/(workflow|common)', 'node_modules/zod'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|/generated/)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
