/**
 * The direction of imports, as ARCHITECTURE.md draws it: a claim walks through the folders in order, and every folder knows only the
 * ones before it.
 */
const order = [
  'platform',
  'audit',
  'vault',
  'people',
  'claims',
  'knowledge',
  'rules',
  'screening',
  'rulebook',
  'cases',
  'credit',
  'inspection',
  'publicity',
  'insight',
];

const onlyWhatComesBefore = order.map((folder, place) => ({
  name: `${folder}-knows-only-what-comes-before`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^(src|workers)/`, pathNot: `^src/(${order.slice(0, place + 1).join('|')})/` },
}));

/** Files that do I/O by their role; every other file of a capability is pure and must not know them. */
const impure = '(store|routes|service)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: { path: '^(src|workers)/' },
      to: { couldNotResolve: true },
    },
    ...onlyWhatComesBefore,
    {
      name: 'console-knows-only-contracts',
      comment: 'and the table of permissions, and the pure platform files that contracts stand on',
      severity: 'error',
      from: { path: '^src/console/' },
      to: {
        path: '^(src|workers|prisma)/',
        pathNot: '^src/(console/|[^/]+/[^/]*contract\\.ts$|people/permissions\\.ts$)',
      },
    },
    {
      name: 'contracts-hold-no-server-code',
      severity: 'error',
      from: { path: '/[^/]*contract\\.ts$' },
      to: {
        path: '^(src|workers|prisma)/|^node:|node_modules/(pg|express|bullmq|pino|@prisma)/',
        pathNot:
          '^src/[^/]+/[^/]*contract\\.ts$|^src/platform/(civil|decimal)\\.ts$|^src/people/permissions\\.ts$',
      },
    },
    {
      name: 'pure-files-know-no-store',
      severity: 'error',
      from: { path: `^src/(${order.slice(1).join('|')})/`, pathNot: `(${impure}|/import/|/intake\\.ts$)` },
      to: { path: `^src/[^/]+/${impure}` },
    },
    {
      name: 'only-stores-know-prisma-models',
      severity: 'error',
      from: { path: '^src/', pathNot: '/store\\.ts$|^src/platform/database\\.ts$' },
      to: { path: '^prisma/client/' },
    },
    {
      name: 'nobody-imports-the-api',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(api|cli)/' },
      to: { path: '^src/api/' },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'only-processes-start-workers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^workers/' },
    },
    {
      name: 'product-knows-no-test',
      severity: 'error',
      from: { path: '^(src|workers)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      // The benchmark loads the engines it is compared with when it is run, and says so when they are not installed.
      from: { path: '^(src|workers)/', pathNot: '^src/bench/rule-engines\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^prisma/client'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    parser: 'swc',
    moduleSystems: ['es6'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
