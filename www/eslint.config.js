/**
 * Type-aware rules for the page and the end-to-end tests. Paths are relative to the repository's root, from which
 * `npm run lint` starts ESLint, so that both folders lie below it.
 */
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { FILES, FLOORS, TOP } from './floors.js';
import svelteConfig from './svelte.config.js';

const root = new URL('..', import.meta.url).pathname;

const unsafe = (severity) =>
  Object.fromEntries(
    ['argument', 'assignment', 'call', 'member-access', 'return'].map((use) => [
      `@typescript-eslint/no-unsafe-${use}`,
      severity,
    ]),
  );

/** As labs-apart of dependency-cruiser. */
const APART = {
  regex: '^\\.\\./(?!shared/|input/)\\w+/',
  message: 'No lab knows another: what several need lies in labs/shared/ and labs/input/.',
};

/** Components may import from lower floors only, types included. */
const floors = Object.entries(FLOORS).map(([name, below]) => {
  const above = [...Object.keys(FLOORS), ...TOP].filter(
    (other) => other !== name && !below.includes(other),
  );
  const allowed = below.flatMap((other) => (other in FILES ? [`(?!${FILES[other]})`] : []));
  return {
    files: [`www/src/${name}/**/*.svelte`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+${allowed.join('')}(${above.join('|')})(/|\\.(svelte\\.)?(ts|svelte)$)`,
              message: `${name} lies on a lower floor: see www/floors.js.`,
            },
            ...(name === 'labs' ? [APART] : []),
          ],
        },
      ],
    },
  };
});

export default defineConfig(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/pkg/',
      'tests/e2e/artifacts/',
      'target/',
      'npm/*.d.ts',
    ],
  },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: { allowDefaultProject: ['www/*.js', 'npm/*.js'] },
        tsconfigRootDir: root,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      // There are no enums, and classes of the same shape are interchangeable as in TypeScript itself: a quarter of the time was theirs.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // TypeScript knows the names.
      'no-undef': 'off',
      // An arrow that only calls is shorter without braces: `onclick={() => lab.reset()}`.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Numbers are what templates here are for.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `_` names an argument that a signature asks for.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // `as T` says what is expected where `!` would only say that something is.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // An interface asks for a promise; whoever has the value at hand is `async` without waiting.
      '@typescript-eslint/require-await': 'off',
      // `catch(report)` takes any reason, typed where it is handled.
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // Bookkeeping that nothing on the page depends on stays a plain Map.
      'svelte/prefer-svelte-reactivity': 'off',
      // `void decoder.generation` makes an effect depend on it.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Brackets mark keys that an index signature may lack.
      '@typescript-eslint/dot-notation': 'off',
      // Texts keep a number and its unit on one line.
      'no-irregular-whitespace': ['error', { skipTemplates: true }],
      'no-duplicate-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.test.ts', 'www/src/testing/**', 'tests/e2e/**'],
    rules: {
      // A stand-in does nothing where the real thing would.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // What the page exports is JSON, and its wrong form would fail the comparison it is read for.
    files: ['tests/e2e/**'],
    rules: unsafe('off'),
  },
  {
    // The benchmark reports to the console, and wraps methods of the browser to time them.
    files: ['tests/e2e/bench/**', 'tests/e2e/soak/**', 'www/src/bench/**'],
    rules: { 'no-console': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // What the parser cannot type in markup it takes for any; svelte-check does type it.
    files: ['**/*.svelte'],
    rules: unsafe('off'),
  },
  ...floors,
  {
    files: ['**/*.js'],
    extends: [ts.configs.disableTypeChecked],
  },
);
