import t from 'tap'
import { memoryStore } from '../../plugin/stores/memory.js'
import { createEndings } from '../../plugin/sessions/endings.js'
import { NOW } from '../support/clock.js'
import { turns } from '../support/gate.js'
import { aRecord } from '../support/records.js'

t.test('of 250 sessions that are announced as they end, each is asked to go once, and no more than a hundred at the same moment', async t => {
  const store = memoryStore()
  const records = Array.from({ length: 250 }, () => aRecord())
  for (const record of records) await store.insert(record)
  let [underWay, most] = [0, 0]
  const asked: string[] = []
  const announced: string[] = []
  const endings = createEndings({
    ...store,
    async remove (...args) {
      asked.push(args[1])
      most = Math.max(most, ++underWay)
      await turns(1)
      underWay--
      return await store.remove(...args)
    }
  }, () => NOW, ({ id }) => { announced.push(id) })

  t.equal(await endings.endAll('ada', 'revoked-all'), 250)

  const all = records.map(({ id }) => id).sort()
  t.strictSame(announced.sort(), all)
  t.strictSame(asked.sort(), all)
  t.equal(most, 100)
})
