/**
 * nginx as a cache in front of a server, as a content delivery network is: it keeps what it may keep, cookies included.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { findOnPath } from '../../example/mongod.js'
import { cleanAfterUs } from './cleanup.js'
import { freePort } from './free-port.js'
import { poll } from './poll.js'

/** Debian's place for it is not on everybody's PATH. */
const FOR_ADMINISTRATORS = ['/usr/sbin/nginx', '/usr/local/sbin/nginx']

/**
 * Finds nginx: `NGINX_PATH` of `env`, or else the one on its PATH, or in a folder for administrators. Rejects if there is
 * none: a missing server is never a skipped test.
 */
export async function findNginx (env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const path = env.NGINX_PATH ?? await findOnPath('nginx', env) ?? FOR_ADMINISTRATORS.find(path => existsSync(path))
  if (path !== undefined) return path
  throw new Error('The test of shared caches needs nginx: install it (Debian: apt-get install nginx), or set NGINX_PATH to its binary.')
}

/**
 * Starts nginx on a free port. It ends with the test.
 *
 * @param t the test that it ends with
 * @param upstream where the server listens: `127.0.0.1:1234`
 * @returns its URL. Below `/shop/` it keeps nothing, and takes that path away. Elsewhere, the header `x-cache` of each response says HIT, MISS, REVALIDATED, ...
 */
export async function startCache (t: Test, upstream: string): Promise<string> {
  const binary = await findNginx()
  const folder = mkdtempSync(join(tmpdir(), 'login-sessions-nginx-'))
  const cleaner = cleanAfterUs(folder)
  const port = await freePort()
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, upstream))
  const nginx = spawn(binary, ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
  const unguard = nginx.pid === undefined ? () => {} : cleaner.guard('nginx', nginx.pid)
  t.teardown(async () => {
    await end(nginx)
    unguard()
    cleaner.stop()
  })
  await once(nginx, 'spawn')
  const url = `http://127.0.0.1:${port}`
  await poll('nginx', async () => {
    if (nginx.exitCode !== null) return false
    return (await fetch(`${url}/nginx-is-there`)).ok
  })
  if (nginx.exitCode !== null) throw new Error(`nginx ended at once: ${readFileSync(join(folder, 'error.log'), 'utf8')}`)
  return url
}

async function end (nginx: ChildProcess): Promise<void> {
  if (nginx.exitCode !== null || nginx.signalCode !== null) return
  const exit = once(nginx, 'exit')
  nginx.kill('SIGTERM')
  await exit
}

/** One process without helpers. It keeps responses that have a Set-Cookie, and those that say nothing about caching. */
function configuration (folder: string, port: number, upstream: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `  ${name}_temp_path ${folder}/${name};`).join('\n')
  return `
daemon off;
master_process off;
pid ${folder}/nginx-itself;
events { worker_connections 64; }
http {
  access_log off;
${temporary}
  proxy_cache_path ${folder}/cache keys_zone=pages:1m;
  server {
    listen 127.0.0.1:${port};
    location = /nginx-is-there { return 200; }
    location /shop/ {
      proxy_pass http://${upstream}/;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
    }
    location / {
      proxy_pass http://${upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
      proxy_cache pages;
      proxy_cache_valid 200 303 404 1m;
      proxy_cache_revalidate on;
      proxy_ignore_headers Set-Cookie;
      add_header x-cache $upstream_cache_status always;
    }
  }
}
`
}
