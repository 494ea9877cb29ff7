// Import boundaries of the architecture, checked by `npm run boundaries`.
const only = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only(
      'no-cycles',
      'A cycle hides who depends on whom.',
      {},
      { circular: true, dependencyTypesNot: ['type-only'] },
    ),
    only(
      'app-without-hosts',
      'app/ runs without a window.',
      { path: '^app/' },
      { path: '^(main|renderer)/' },
    ),
    only(
      'renderer-pure-imports',
      'The page may use the API types and the pure folders only.',
      { path: '^renderer/' },
      { path: '^(app|main)/', pathNot: '^app/(labels|science|api/(types|routes|client|events))' },
    ),
    only(
      'renderer-api-types-only',
      'Routes reach the page as types, never as code.',
      { path: '^renderer/' },
      { path: '^app/api/routes', dependencyTypesNot: ['type-only'] },
    ),
    only(
      'engine-apart',
      'The engine knows neither store nor services.',
      { path: '^app/engine/' },
      { path: '^app/(store|services|api|jobs)/' },
    ),
    only(
      'store-apart',
      'The store knows neither engine nor services.',
      { path: '^app/store/' },
      { path: '^app/(engine|services|api|jobs)/' },
    ),
    only(
      'science-pure',
      'science/ is pure typed-array code.',
      { path: '^app/science/' },
      { path: '^(app/(?!science/)|node_modules)', pathNot: '^app/errors\\.ts$' },
    ),
    only(
      'labels-pure',
      'labels/ is shared with the page.',
      { path: '^app/labels/' },
      { path: '^(app/(?!(labels|science)/)|node_modules)', pathNot: '^app/errors\\.ts$' },
    ),
    only(
      'science-no-node',
      'science/ and labels/ also run in the page.',
      { path: '^app/(science|labels)/' },
      { dependencyTypes: ['core'] },
    ),
    only(
      'one-importer-electron',
      'Only main/ loads Electron.',
      { pathNot: '^main/' },
      { path: 'node_modules/electron/' },
    ),
    only(
      'one-importer-sqlite',
      'Only the store speaks SQL.',
      { pathNot: '^app/store/database\\.ts$' },
      { path: 'node_modules/(@types/)?better-sqlite3/' },
    ),
    only(
      'one-importer-ort',
      'Only one file loads ONNX Runtime.',
      { pathNot: '^app/engine/runtime/ort\\.ts$' },
      { path: 'node_modules/onnxruntime-(node|common)/' },
    ),
    only(
      'tensorflow-apart',
      'Only engine/tfjs/ knows TensorFlow.js.',
      { path: '^(app|main|renderer)/', pathNot: '^app/engine/tfjs/' },
      { path: 'node_modules/@tensorflow/' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
