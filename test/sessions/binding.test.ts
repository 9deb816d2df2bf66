/** Device binding: when the bound cookie is needed, and what a proof leaves. Exact to the millisecond. */
import t from 'tap'
import { afterProof, BINDING_GRACE, type DeviceBinding, inForce, isBound, needsBoundCookie } from '../../plugin/sessions/binding.js'
import { aBinding } from '../../plugin/store-contract/bindings.js'
import { after, MINUTE, NOW } from '../support/clock.js'

const FRESH = aBinding({ challengedAt: after(NOW, -MINUTE) })
const BOUND: DeviceBinding = { ...FRESH, requiredFrom: NOW }

t.test('a session is bound once a request has had the bound cookie, also during the grace', async t => {
  t.equal(isBound({}), false)
  t.equal(isBound({ binding: FRESH }), false)
  t.equal(isBound({ binding: BOUND }), true)
  t.equal(isBound({ binding: inForce(FRESH, NOW) }), true)
})

t.test('a request needs the bound cookie from the end of the grace on, to the millisecond', async t => {
  t.equal(needsBoundCookie({}, NOW), false)
  t.equal(needsBoundCookie({ binding: FRESH }, after(NOW, 1000 * MINUTE)), false, 'no request has had it')
  t.equal(needsBoundCookie({ binding: BOUND }, after(NOW, -1)), false)
  t.equal(needsBoundCookie({ binding: BOUND }, NOW), true)
  t.equal(needsBoundCookie({ binding: BOUND }, after(NOW, 1)), true)

  t.equal(BINDING_GRACE, 30_000)
  const binding = inForce(FRESH, NOW)
  t.equal(needsBoundCookie({ binding }, after(NOW, 29_999)), false)
  t.equal(needsBoundCookie({ binding }, after(NOW, 30_000)), true)
})

t.test('the first request with the bound cookie starts the grace, and later ones do not move it', async t => {
  const binding = inForce(FRESH, NOW)
  t.strictSame(binding, { ...FRESH, requiredFrom: after(NOW, 30_000) })
  t.strictSame(inForce(binding, after(NOW, MINUTE)), binding)
  t.equal(FRESH.requiredFrom, undefined, 'the binding that was given stays as it was')
})

t.test('a proof brings the time of its challenge, and starts the grace once', async t => {
  const challengedAt = after(NOW, -1)
  const given: DeviceBinding = Object.freeze({ ...FRESH })
  const proven = afterProof(given, challengedAt, NOW)
  t.strictSame(proven, { key: FRESH.key, challengedAt, requiredFrom: after(NOW, 30_000) })

  const again = afterProof(proven, NOW, after(NOW, MINUTE))
  t.strictSame(again, { key: FRESH.key, challengedAt: NOW, requiredFrom: after(NOW, 30_000) })
})
