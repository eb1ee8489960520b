import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '**/generated/', '.holdfast/'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Express and Temporal take handlers that return promises where their types say void.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/only-throw-error': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read once, in a config.ts, by readEnv.' },
      ],
    },
  },
  {
    // The same code has to give the same answer at each replay.
    files: ['workflows/**/*.ts', 'services/*/domain/**/*.ts', 'contracts/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:', message: 'Workflows, contracts and domain rules run in the workflow sandbox.' },
          ],
        },
      ],
    },
  },
  {
    files: [
      '**/*.test.ts',
      '**/testing/**/*.ts',
      'tests/**/*.ts',
      'bench/**/*.ts',
      'vitest.config.ts',
      'web/vite.config.ts',
      'prisma.config.ts',
    ],
    rules: {
      'no-restricted-exports': 'off',
      'no-restricted-properties': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: [
      'platform/env.ts',
      'platform/kafka.ts',
      'platform/telemetry/register.ts',
      'stack/container/health-check.ts',
      // Commands that a pipeline runs, and that have to know it.
      'k8s/check.ts',
      'k8s/deploy.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Command lines: they talk to a terminal, and hand the environment on to what they start.
    files: ['stack/**/*.ts'],
    ignores: ['stack/setup/**', 'stack/container/**'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  { files: ['web/src/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  {
    files: ['**/*.js', '**/*.cjs'],
    rules: {
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-undef': 'off',
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  prettier,
);
