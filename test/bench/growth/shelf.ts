/**
 * A collection of a certain size with a server, and what can be measured on it.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { MongoClient } from 'mongodb'
import { forge, signInAll, userAt, checkAnswers } from '../compare/visitors.js'
import { kindsNamed } from '../compare/kinds.js'
import type { Loader } from '../compare/load.js'
import { mongodPid, residentMemory } from '../counters.js'
import { pluginUrl, startChild } from '../processes.js'
import { median } from '../verdict.js'
import { sizeWords } from './arguments.js'
import { fill, usersOf } from './fill.js'
import { COLLECTION, type GrowthServerOptions, type Order, type Verb } from './server.js'

