/**
 * The room `cli/`: the command line `fastify-login-sessions`.
 * This file: its commands and options, and what it exits with.
 * @module
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT, failureOf } from './failure.js'
import { indexes, type IndexesOptions } from './indexes.js'
import { type Call, list, revoke, revokeEveryone } from './sessions.js'
import { stats } from './stats.js'
import { type CommonOptions, withTarget } from './target.js'
import { type Io, say } from './terminal.js'
import { watch } from './watch.js'
import { withoutControls } from './words.js'

const HELP = `
Exit codes: 0 done; 1 failed; 2 wrong usage, or something is missing; 3 there is no such session;
130 stopped by Ctrl-C. Ctrl-C ends a watch with 0.
What ends here is not announced to the hooks of your servers (onSessionEnd). Signals of app.loginSessions.watch() fire.`

/**
 * Runs one command.
 *
 * @param args what follows the program's name
 * @returns the exit code
 */
export async function run (args: string[], io: Io): Promise<number> {
  let where = 'the database'

  /** What commander calls: the arguments, the command's own options, and the command. */
  function action<Options extends CommonOptions = CommonOptions> (work: (call: Call<Options>, ...args: any[]) => Promise<void>) {
    return async (...given: unknown[]): Promise<void> => {
      const options = (given.at(-1) as Command).optsWithGlobals<Options>()
      where = withoutControls(options.collection)
      await withTarget(io, options, async target => {
        where = target.where
        await work({ io, options, target }, ...given.slice(0, -2))
      })
    }
  }

  try {
    await commandsOf(action, io).parseAsync(args, { from: 'user' })
    return EXIT.done
  } catch (error) {
    // It has said already what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrong
    const failure = failureOf(error as Error, where)
    say(io, failure.message)
    return failure.exitCode
  }
}

type Action = <Options extends CommonOptions = CommonOptions>(work: (call: Call<Options>, ...args: any[]) => Promise<void>) =>
(...given: unknown[]) => Promise<void>

function commandsOf (action: Action, { stdout, stderr }: Io): Command {
  const program = new Command('fastify-login-sessions')
    .description('Lists and ends the login sessions in a MongoDB collection.')
    .option('--uri <uri>', 'where MongoDB is (default: MONGODB_URI, which other users of the machine cannot see)')
    .option('--database <name>', "its database (default: the URI's)")
    .option('--collection <name>', 'the collection of the sessions', 'loginSessions')
    .option('--json', 'print one JSON document; watch: one in each line')
    .option('--yes', 'ask nothing before sessions are ended')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({ writeOut: text => { stdout.write(text) }, writeErr: text => { stderr.write(withoutEscapes(text)) } })
  program.command('list').argument('<user>', 'the id of a user', notEmpty).description("a user's sessions").action(action(list))
  program.command('revoke').description('end one session of a user, or all')
    .argument('<user>', 'the id of a user', notEmpty).argument('[id]', 'the id of one session', notEmpty)
    .action(action(revoke))
  program.command('revoke-everyone').description("end everybody's sessions").action(action(revokeEveryone))
  program.command('stats').description('how many sessions there are, and on what devices').action(action(stats))
  program.command('indexes').description('the indexes that there are, with their sizes, and those that are missing')
    .option('--create', 'make those that are missing')
    .option('--operators', "also those of the operators' page")
    .action(action<IndexesOptions>(indexes))
  program.command('watch').argument('[user]', 'the id of a user', notEmpty)
    .description('print each start and end as it happens; needs a replica set')
    .action(action(watch))
  return program
}

/** A variable of the shell that is not set must not count as left out: `revoke ada "$ID"` would end all sessions. */
function notEmpty (text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.')
  return text
}

/** Wrong arguments are repeated in errors. Their line breaks stay. */
const withoutEscapes = (text: string): string => text.split('\n').map(withoutControls).join('\n')
