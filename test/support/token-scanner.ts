/**
 * Looks for secrets in text that must not hold any: tokens of session cookies, their hashes, and what device cookies hold.
 * No text is kept, only the pieces of it that could be a secret, for the secrets that become known later.
 * @module
 */
import { hashToken } from '../../plugin/sessions/tokens.js'

/** What text is part of. Hashes belong into documents and the commands that write them, and nowhere else. */
export type Source = 'responses' | 'lines' | 'documents' | 'commands'

/** A secret that was found where it must not be; the text names none. */
export interface Leak {
  what: Secret
  /** "the log line", "header location of GET /", … */
  where: string
  /** Up to 60 characters before and after it. */
  around: string
}

/** How much was looked through, and what was found. */
export type Counts = Record<Source | 'tokens' | 'leaks', number>

export interface Scanner {
  /** Learns the secrets of these Set-Cookie lines, and looks for others in the rest of them. */
  cookies(lines: string[], where: string): void
  /** Looks for every secret, those that become known later included. */
  scan(text: string, source: Source, where: string): void
  /** One more of these has been looked through. */
  count(source: Source): void
  counts(): Counts
  leaks(): Leak[]
}

type Secret = 'a token' | 'the hash of a token' | "a device cookie's part"

/** Where a piece of text was seen before it was known to be a secret. */
type Sighting = Omit<Leak, 'what'>

/** Characters of a token and of its hash: 32 bytes of base64url. */
const LONG = 43

/** Characters of each part of a device cookie: 16 bytes. Public ids look alike. */
const SHORT = 22

const AROUND = 60

/** Pieces that are remembered; a secret is known moments after it was made. */
const REMEMBERED = 50_000

/** A run longer than this is no secret's neighbourhood but somebody's blob. */
const BLOB = 4096

/** A token is its record's key, which is no secret, and the secret itself. */
const TOKEN_COOKIE = /^([^=]+)=([\w-]{30}([\w-]{43}))\.[\w+/%]{43,}/
const DEVICE_COOKIE = /^[^=]+=([\w-]{22}(?:\.[\w-]{22}){1,5})(?:;|$)/

export function createScanner (): Scanner {
  const secrets = new Map<string, Secret>()
  /** The name of the cookie that brought each token. */
  const issuedAs = new Map<string, string>()
  const outside = createMemory()
  const stored = createMemory()
  const found = new Map<string, Leak>()
  const counted: Record<Source, number> = { responses: 0, lines: 0, documents: 0, commands: 0 }

  function report (what: Secret, { where, around }: Sighting): void {
    found.set(`${what} ${where} ${around}`, { what, where, around })
  }

  function learn (secret: string, what: Secret): void {
    if (secrets.has(secret)) return
    secrets.set(secret, what)
    for (const memory of what === 'the hash of a token' ? [outside] : [outside, stored]) {
      const sighting = memory.get(secret)
      if (sighting !== undefined) report(what, sighting)
    }
  }

  function scan (text: string, source: Source, where: string): void {
    const inStore = source === 'documents' || source === 'commands'
    for (const { piece, index } of piecesOf(text)) {
      const what = secrets.get(piece)
      if (what === undefined) (inStore ? stored : outside).add(piece, () => sightingOf(text, index, piece.length, where))
      else if (!inStore || what !== 'the hash of a token') report(what, sightingOf(text, index, piece.length, where))
    }
  }

  /** The cookie without what it is allowed to hold. */
  function withoutSecrets (line: string, where: string): string {
    const [issued, name, token, secret] = TOKEN_COOKIE.exec(line) ?? []
    if (token !== undefined && secret !== undefined) {
      const former = issuedAs.get(secret)
      if (former !== undefined && former !== name) report('a token', { where: `${where}, as ${name}`, around: '' })
      issuedAs.set(secret, name!)
      learn(secret, 'a token')
      learn(hashToken(token), 'the hash of a token')
      return line.slice(issued!.length)
    }
    const [device, parts] = DEVICE_COOKIE.exec(line) ?? []
    for (const part of parts?.split('.') ?? []) learn(part, "a device cookie's part")
    return line.slice(device?.length ?? 0)
  }

  return {
    cookies (lines, where) {
      for (const line of lines) scan(withoutSecrets(line, where), 'responses', where)
    },
    scan,
    count (source) { counted[source]++ },
    counts: () => ({ tokens: issuedAs.size, ...counted, leaks: found.size }),
    leaks: () => [...found.values()]
  }
}

/** Every piece of the text that is as long as a secret and made of the same characters. */
function * piecesOf (text: string): Iterable<{ piece: string, index: number }> {
  for (const { 0: run, index } of text.matchAll(/[\w-]{22,}/g)) {
    if (run.length === SHORT) yield { piece: run, index }
    // No secret has the same character sixteen times in a row; essays of a million do.
    const parts = run.length > BLOB ? run.matchAll(/(?:([\w-])(?!\1{15}))+/g) : [{ 0: run, index: 0 }]
    for (const { 0: part, index: at } of parts) {
      for (let i = 0; i + LONG <= part.length; i++) yield { piece: part.slice(i, i + LONG), index: index + at + i }
    }
  }
}

function sightingOf (text: string, index: number, length: number, where: string): Sighting {
  const end = index + length
  return {
    where: masked(where),
    around: `${masked(text.slice(Math.max(0, index - AROUND), index))}[secret]${masked(text.slice(end, end + AROUND))}`
  }
}

/** Other secrets may stand beside the one that was found. */
const masked = (text: string): string => own(text.replace(/[\w-]{16,}/g, '[…]'))

/** A copy: a slice would keep all of the text that it is part of. */
const own = (text: string): string => Buffer.from(text).toString()

/** The last pieces seen, each with the place where it was seen first. */
function createMemory () {
  const seen = new Map<string, Sighting>()
  return {
    get: (piece: string): Sighting | undefined => seen.get(piece),
    add (piece: string, look: () => Sighting): void {
      if (seen.has(piece)) return
      seen.set(own(piece), look())
      if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value!)
    }
  }
}
