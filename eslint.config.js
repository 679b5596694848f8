import tseslint from 'typescript-eslint';

const onTypeScript = (config) => ({ ...config, files: ['**/*.ts'] });

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'coverage/', '.headgate/'] },
  ...tseslint.configs.recommended.map((config) => ({ ...config, files: ['**/*.{js,mjs}'] })),
  ...tseslint.configs.strictTypeChecked.map(onTypeScript),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' }],
    },
  },
);
