/**
 * The promises of what one call may be about.
 * @module
 */
import { equal } from 'node:assert/strict'
import { after, HOUR, keysOf, MINUTE, NOW } from './records.js'
import { manyOf, MOST } from './many.js'
import { type Cases, listOf, same } from './scene.js'

export const manyCases: Cases = {
  async 'a thousand records may be found, listed, touched and removed in one call' (scene) {
    const { store, keys, records } = await manyOf(scene)
    const known = new Map(records.map(record => [record._id, record]))
    same(await store.find(keys), keys.map(key => known.get(key) ?? null), 'find')
    const sorted = keysOf(records).sort()
    equal(await store.countByUser('ada', NOW), records.length)
    for (const limit of [MOST, Infinity]) same(keysOf(await store.listByUser('ada', NOW, limit)), keysOf(records), 'listByUser')
    same(await store.keysOfUser('ada', '', MOST), sorted, 'keysOfUser')
    same(keysOf(await store.page('', MOST)), sorted, 'page')

    const lastActiveAt = after(NOW, MINUTE)
    await store.touch(keys.map(_id => ({ _id, lastActiveAt, expiresAt: after(NOW, 2 * HOUR), ip: null })))
    same((await listOf(store, 'ada')).map(record => record.lastActiveAt), records.map(() => lastActiveAt), 'touch')

    equal(await store.removeMany(keys, 'ada', NOW), records.length)
    same(await store.page('', MOST), [], 'removeMany')
  }
}
