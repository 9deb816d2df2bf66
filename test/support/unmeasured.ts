/**
 * Processes that tests start, without the measuring of coverage that tap hands on to them: another process compiles the
 * same files in another way (tsx, or the build), and lines that the tests do run would count as missed.
 * @module
 */

/** The command line that runs `node` with these arguments; its first word is the program. */
export function unmeasuredNode (...args: string[]): [command: string, args: string[]] {
  // tap puts NODE_OPTIONS into whatever environment `spawn` is given, so it has to go later.
  return ['env', ['-u', 'NODE_OPTIONS', process.execPath, ...args]]
}
