/**
 * StrykerJS, for the mistakes that a tool invents: `npm run stryker -- --mutate plugin/errors.ts --testFiles test/errors.test.ts`.
 * Name both: without them every mutant of the plugin is tried. `MONGODB_URI` saves each test the start of a server.
 *
 * npx fetches it, since it is 70 MB that no other command needs. Version 10 needs Node.js 22.
 * @module
 */
export default {
  testRunner: 'tap',
  plugins: ['@stryker-mutator/tap-runner'],
  // A test that was killed at its first failure would leave its servers running.
  tap: { testFiles: ['test/**/*.test.ts'], nodeArgs: ['--import', 'tsx'], forceBail: false },
  mutate: ['plugin/**/*.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  ignorePatterns: ['/.tap', '/dist', '/example/data'],
  tempDirName: '.tap/stryker',
  // None: Stryker would need TypeScript beside it to rewrite the paths in tsconfig.json, and there are none to rewrite.
  tsconfigFile: 'none',
  reporters: ['clear-text'],
  allowConsoleColors: false
}
