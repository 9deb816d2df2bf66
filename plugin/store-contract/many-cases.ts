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
    const sorted = [...keys].sort()
    same(await store.find(keys), records, 'find with 1,000 keys must return all records that there are, in the order of the keys')
    equal(await store.countByUser('ada', NOW), records.length, 'countByUser must count all records of a user who has 1,000')
    for (const limit of [MOST, Infinity]) {
      const listed = await store.listByUser('ada', NOW, limit)
      same(keysOf(listed), keys, `listByUser with the limit ${limit} must return all 1,000 records of the user`)
    }
    same(await store.keysOfUser('ada', '', MOST), sorted, 'keysOfUser with the limit 1000 must return all 1,000 keys of the user')
    same(keysOf(await store.page('', MOST)), sorted, 'page with the limit 1000 must return all 1,000 records')

    const lastActiveAt = after(NOW, MINUTE)
    await store.touch(keys.map(_id => ({ _id, lastActiveAt, expiresAt: after(NOW, 2 * HOUR), ip: null })))
    const touched = (await listOf(store, 'ada')).map(record => record.lastActiveAt)
    same(touched, records.map(() => lastActiveAt), 'touch with 1,000 touches must write all of them')

    equal(await store.removeMany(keys, 'ada', NOW), records.length, 'removeMany with 1,000 keys must count all records that it removes')
    same(await store.page('', MOST), [], 'removeMany with 1,000 keys must remove all of these records')
  }
}
