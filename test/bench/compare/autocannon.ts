/**
 * The process of autocannon: loads a server as its argument says, and prints the result as JSON.
 * @module
 */
import { readFile } from 'node:fs/promises'
import autocannon from 'autocannon'
import { type LoadResult, USER_AGENT } from './load.js'

const { url, connections, seconds, cookies }: { url: string, connections: number, seconds: number, cookies: string | null } = JSON.parse(process.argv[2]!)
const headers = cookies === null ? [] : (await readFile(cookies, 'utf8')).trim().split('\n')

let clients = 0
const result = await autocannon({
  url,
  connections,
  headers: { 'user-agent': USER_AGENT },
  duration: Math.ceil(seconds),
  // Each connection has its own share of the cookies.
  setupClient (client) {
    const number = clients++
    const share = headers.filter((_, index) => index % connections === number % connections)
    if (share.length > 0) client.setRequests(share.map(cookie => ({ method: 'GET', path: new URL(url).pathname, headers: { 'user-agent': USER_AGENT, cookie } })))
  }
})

const answered = result['2xx'] + result.non2xx
const report: LoadResult = {
  requests: answered, seconds: result.duration, latency: result.latency.p50, refused: result.non2xx, broken: result.errors + result.timeouts
}
console.log(JSON.stringify(report))
