/** What may import what. `floors.js` has the floors; here are the rules that hold them up. */
import { FILES, FLOORS } from './floors.js';

const files = (name) => {
  if (name in FILES) return `^src/${FILES[name]}`;
  return `^${name === 'engine' ? '(src/)?' : 'src/'}${name}(/|\\.(svelte\\.)?(ts|svelte)$)`;
};
/** Files of other floors that lie in a floor's folder. */
const inside = (name) => Object.keys(FILES).filter((other) => other !== name);

const floors = Object.entries(FLOORS).map(([name, below]) => ({
  name: `floor-${name}`,
  comment: `src/${name} imports only from lower floors: ${below.join(', ') || 'none'}`,
  severity: 'error',
  from: { path: files(name), pathNot: ['\\.test\\.ts$', ...inside(name).map(files)] },
  to: {
    path: '^(src|engine)/',
    pathNot: [files(name), ...below.map(files)],
    // A declaration fetches the code that stands behind it.
    ...(name in FILES && { dependencyTypesNot: ['dynamic-import'] }),
  },
}));

export default {
  forbidden: [
    ...floors,
    {
      name: 'no-circular',
      comment:
        'Two files that need each other are one, or lack a third. Code that is fetched later may import what fetches it.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
    {
      name: 'labs-apart',
      comment: 'No lab knows another: what several need lies in labs/shared/ and labs/input/.',
      severity: 'error',
      from: { path: '^src/labs/([^/]+)/', pathNot: ['\\.test\\.ts$'] },
      to: {
        path: '^src/labs/[^/]+/',
        pathNot: ['^src/labs/($1|shared|input)/'],
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^virtual:', '\\?(url|worker)'] },
    },
    {
      name: 'crate-in-workers',
      comment:
        'The crate runs in workers; the rest of the page talks to them by engine/protocol.ts.',
      severity: 'error',
      from: {
        path: '^(src|engine)/',
        pathNot: [
          '^engine/(worker\\.ts|worker/|kinds/\\w+/worker\\.ts|(api|calls|index|node|protocol)\\.ts)',
          '^src/engine/engine\\.svelte\\.ts',
          '^src/bench/(crate\\.worker|shipped)\\.ts',
          // Values of all types of the crate, for a test.
          '^src/testing/types/',
          // Run by the build.
          '^src/labs/\\w+/presetPicture\\.ts',
          // Models that programs are compared with, for tests.
          '^src/testing/(javascript|programs|sets)\\.ts',
          '\\.test\\.ts$',
        ],
      },
      to: { path: '^(\\.\\./)?pkg/' },
    },
    {
      name: 'framework-free',
      comment: 'The engine, drawing, texts and state can be used, and tested, without Svelte.',
      severity: 'error',
      from: { path: '^(engine/|src/(drawing|address|state\\.ts|format\\.ts))' },
      to: { path: 'node_modules/svelte/' },
    },
    {
      name: 'engine-alone',
      comment:
        'engine/ is what the npm package, the benchmark and the page share: it knows nothing of the page.',
      severity: 'error',
      from: { path: '^engine/', pathNot: ['\\.test\\.ts$'] },
      to: { path: ['^src/', '\\.svelte(\\.ts)?$'] },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { pathNot: ['\\.test\\.ts$', '^src/testing/'] },
      to: { path: ['\\.test\\.ts$', '^src/testing/'] },
    },
    {
      name: 'no-deprecated-core',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['deprecated'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '(^|/)pkg/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'browser', 'import', 'types', 'default'],
    },
  },
};
