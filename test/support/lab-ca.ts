/**
 * A certificate authority of the test's own, which one browser trusts: what browsers do over https only, they do here.
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findOnPath } from '../../example/mongod.js'

/** What a server and a browser need. */
export interface LabCa {
  /** The server's private key and its certificate, in PEM. */
  key: string
  cert: string
  /** The home folder of a browser that trusts the authority: browsers keep what they trust there. */
  home: string
}

const run = promisify(execFile)

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** Rejects if a program is missing: a missing program is never a skipped test. */
export async function needCertificatePrograms (env: NodeJS.ProcessEnv = process.env): Promise<void> {
  for (const program of ['openssl', 'certutil']) {
    if (await findOnPath(program, env) !== undefined) continue
    throw new Error(`The tests of device-bound sessions need ${program}: install openssl and certutil (Debian: apt-get install openssl libnss3-tools).`)
  }
}

/**
 * Makes the authority and a certificate.
 * @param folder where all of its files are kept
 * @param hosts the names that the certificate is for
 */
export async function makeLabCa (folder: string, hosts: readonly string[]): Promise<LabCa> {
  await needCertificatePrograms()
  const openssl = async (...args: string[]): Promise<unknown> => await run('openssl', args, { cwd: folder })
  const home = join(folder, 'home')
  const made = openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Lab CA', '-addext', 'basicConstraints=critical,CA:TRUE')
  const requested = openssl('req', ...NEW_KEY, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${hosts[0]}`)
  await writeFile(join(folder, 'extensions'), `subjectAltName=${hosts.map(host => `DNS:${host}`).join(',')}\nbasicConstraints=CA:FALSE\n`)
  await Promise.all([made, requested])
  await Promise.all([
    openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'extensions', '-out', 'server.pem'),
    trust(home, join(folder, 'ca.pem'))
  ])
  const [key, cert] = await Promise.all(['server.key', 'server.pem'].map(name => readFile(join(folder, name), 'utf8')))
  return { key: key!, cert: cert!, home }
}

/** In the database that Chromium reads on Linux. */
async function trust (home: string, certificate: string): Promise<void> {
  const database = join(home, '.pki/nssdb')
  await mkdir(database, { recursive: true })
  await run('certutil', ['-d', `sql:${database}`, '-N', '--empty-password'])
  await run('certutil', ['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'Lab CA', '-i', certificate])
}
