import tseslint from 'typescript-eslint';

const onTypeScript = (config) => ({ ...config, files: ['**/*.ts'] });

const NAMED_EXPORTS = { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' };

const MODULE_LEVEL = ['Program > VariableDeclaration', 'Program > ExportNamedDeclaration > VariableDeclaration'];

/** What a worker remembers is created with it and handed in: two in one process must not share it unseen. */
const NO_HIDDEN_STATE = [
  ...MODULE_LEVEL.map((declaration) => `${declaration}[kind!="const"]`),
  ...MODULE_LEVEL.flatMap((declaration) => [
    `${declaration} > VariableDeclarator:not([id.typeAnnotation.typeAnnotation.typeName.name=/^Readonly/]) > NewExpression`,
    `${declaration} > VariableDeclarator > ArrayExpression[elements.length=0]`,
    `${declaration} > VariableDeclarator > ObjectExpression[properties.length=0]`,
  ]),
  'PropertyDefinition[static=true]',
].map((selector) => ({ selector, message: 'State of a module outlives its worker: create it there and hand it in.' }));

/** A call may create what remembers; of schemas we know that they do not. */
const NO_CALLS_WHEN_LOADED = MODULE_LEVEL.map((declaration) => ({
  selector: `${declaration} > VariableDeclarator > CallExpression`,
  message: 'What this creates outlives its worker: create it there and hand it in.',
}));

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
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', NAMED_EXPORTS] } },
  {
    files: ['src/adapters/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', NAMED_EXPORTS, ...NO_HIDDEN_STATE] },
  },
  {
    files: ['src/{activities,inspection}/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', NAMED_EXPORTS, ...NO_HIDDEN_STATE, ...NO_CALLS_WHEN_LOADED] },
  },
);
