/** Breaks of the room `request/binding/`: sessions that are bound to the browser that signed in. @module */
import type { BreakList } from '../break.js'

const TESTS = ['request/binding/binding', 'request/binding/routes', 'request/binding/demands']

export default [
  {
    file: 'plugin/request/binding/device-check.ts',
    tests: TESTS,
    breaks: [
      {
        name: 'a proof counts for ever',
        promise: 'D1: a copied cookie is refused after refreshEvery at the latest',
        from: ' && at.getTime() - challengedAt.getTime() < refreshEvery',
        to: ''
      },
      {
        name: 'a proof counts a millisecond too long',
        promise: 'D1: a copied cookie is refused after refreshEvery at the latest',
        from: 'challengedAt.getTime() < refreshEvery',
        to: 'challengedAt.getTime() <= refreshEvery'
      },
      {
        name: 'the former proof is lost with a demand',
        promise: 'D1: other routes go on working while a browser cannot sign',
        from: ' ?? cookies.demand.read(request, key)',
        to: ''
      },
      {
        name: 'a binding never comes into force',
        promise: 'D1: a session is bound once its browser has used its bound cookie',
        from: 'if (binding.requiredFrom === undefined) background.bind(',
        to: 'if (binding.requiredFrom !== undefined) background.bind('
      },
      {
        name: 'a browser that cannot sign is signed out',
        promise: 'D1, rule 7: unknown is not signed out',
        from: 'if (!hasSkipped(headers)) return null',
        to: 'if (headers !== undefined) return null'
      },
      {
        name: 'a sign-out leaves the bound cookie',
        promise: 'D1: nothing is left of a session that has ended',
        from: "if (cookieSent === 'clear' || (cookieSent",
        to: "if (cookieSent === 'never' as string || (cookieSent"
      },
      {
        name: 'a worthless bound cookie stays',
        promise: 'D1: a browser that has a worthless bound cookie renews its proof',
        from: ' && makePrivate(reply, false)) cookies.bound.clear(reply)',
        to: ' && makePrivate(reply, false)) cookies.bound.has(state.request)'
      },
      {
        name: 'a bound cookie is cleared on a public response',
        promise: 'rule 5: no Set-Cookie on a response that a shared cache may keep',
        from: ' && makePrivate(reply, false)',
        to: ''
      },
      {
        name: 'every response offers a binding',
        promise: 'D1: a sign-in offers a registration, and nothing else',
        from: "if (cookieSent === 'issue' && state.signedIn) offer",
        to: "if (cookieSent === 'issue') offer"
      }
    ]
  },
  {
    file: 'plugin/request/binding/protocol.ts',
    tests: TESTS,
    breaks: [
      {
        name: 'a challenge is used twice',
        promise: 'D1: a challenge is used once',
        from: 'challenge.madeAt <= binding.challengedAt',
        to: 'challenge.madeAt < binding.challengedAt'
      },
      {
        name: 'the challenge of another session counts',
        promise: 'D1: a challenge belongs to one session',
        from: 'challenge?.key !== key)',
        to: 'challenge === null || !Object.assign(challenge, { key }))'
      },
      {
        name: 'a refresh needs no signature',
        promise: 'D1: a proof is signed by the key of the session',
        from: 'if (!await isSignedBy(binding.key, proof))',
        to: 'if (await isSignedBy(binding.key, proof) && false)'
      },
      {
        name: 'a registration needs no signature',
        promise: 'D1: a key is registered by its owner',
        from: ' || !await isSignedBy(publicKey, proof)',
        to: ''
      },
      {
        name: 'an ended session is renewed',
        promise: 'D1: revoked means signed out',
        from: ' && isLive(record, now())',
        to: ''
      },
      {
        name: 'a browser without a challenge costs a read',
        promise: 'rule 9: no read for forged requests',
        from: 'if (proof === null || challenge?.key !== key) return askAgain(key)',
        to: 'if (proof === null || challenge?.key !== key) return await findLogin(key) === null ? refused(key) : askAgain(key)'
      }
    ]
  },
  {
    file: 'plugin/request/binding/challenges.ts',
    tests: TESTS,
    breaks: [
      {
        name: 'a challenge can be answered for ever',
        promise: 'D1: challenges are short-lived',
        from: 'return now.getTime() - madeAt.getTime() < CHALLENGE_LIFETIME ? {',
        to: 'return now.getTime() >= 0 ? {'
      },
      {
        name: 'the challenge of a refresh registers a key',
        promise: 'D1: a challenge is for one use',
        from: 'if (madeFor !== use) return null',
        to: 'if (madeFor === undefined) return null'
      }
    ]
  },
  {
    file: 'plugin/request/binding/proof.ts',
    tests: [...TESTS, 'request/binding/proof'],
    breaks: [
      {
        name: 'any modulus is taken',
        promise: 'D1: a key that takes long to check is refused',
        from: 'is(n, MODULUS)',
        to: "typeof n === 'string'"
      },
      {
        name: 'any exponent is taken',
        promise: 'D1: a key that takes long to check is refused',
        from: ' && e === EXPONENT',
        to: " && typeof e === 'string'"
      },
      {
        name: 'a private key is taken',
        promise: 'D1: a key that has left the device proves nothing',
        from: 'if (d !== undefined) return null\n',
        to: '\n'
      },
      {
        name: 'any token is a proof',
        promise: 'D1: a proof is a token of its own type',
        from: ", typ: 'dbsc+jwt'",
        to: ''
      }
    ]
  },
  {
    file: 'plugin/request/binding/guard.ts',
    tests: TESTS,
    breaks: [
      {
        name: 'an older proof is enough',
        promise: 'D1: a sensitive route needs a proof of the last ten seconds',
        from: ' && isRecent(provenAt)',
        to: ''
      },
      {
        name: 'a proof is recent a millisecond too long',
        promise: 'D1: a sensitive route needs a proof of the last ten seconds',
        from: 'provenAt.getTime() < RECENT',
        to: 'provenAt.getTime() <= RECENT'
      },
      {
        name: 'a demand gives a proof that was not shown',
        promise: 'D1: nobody gets a proof that was not shown',
        from: 'provenAt ?? NEVER',
        to: 'provenAt ?? now()'
      },
      {
        name: 'the guard lets everybody pass without the option',
        promise: 'the guard fails closed',
        from: 'if (demands === undefined) throw optionError',
        to: 'if (demands === undefined) return; if (demands === null) throw optionError',
        tests: ['request/binding/options']
      },
      {
        name: 'unbound sessions always pass',
        promise: "D1: unbound: 'refuse' refuses",
        from: "else if (unbound === 'refuse') throw notBoundError()",
        to: "else if (unbound === 'never' as string) throw notBoundError()"
      },
      {
        name: 'the first request after a registration needs no proof',
        promise: 'D1: a browser that can prove its device must',
        from: 'isBound(record) || bound.read(request, record._id) !== null',
        to: 'isBound(record)'
      }
    ]
  },
  {
    file: 'plugin/request/binding/routes.ts',
    tests: [...TESTS, 'request/binding/options'],
    breaks: [
      {
        name: "a guard of the host's shuts the browser out",
        promise: "D1: the routes work behind a guard of the host's",
        from: "route.addHook('onRequest', answerRoute)",
        to: ''
      },
      {
        name: 'a refresh is looked up like any other request',
        promise: 'D1: a refresh does not keep a session active, and the owner causes no warning',
        from: '[WITHOUT_LOOKUP]: true',
        to: '[Symbol()]: true'
      },
      {
        name: 'the binding of a former session is renewed',
        promise: 'D1: nobody is locked out by a binding of a session that the browser has no cookie of any more',
        from: 'if (isOfAnother(request, key)) return refuse',
        to: 'if (isOfAnother(request, key) && false) return refuse'
      }
    ]
  },
  {
    file: 'plugin/request/binding/cookies.ts',
    tests: TESTS,
    breaks: [
      {
        name: 'the bound cookie of another session counts',
        promise: 'D1: a proof belongs to one session',
        from: 'return ofKey === key ?',
        to: 'return ofKey !== undefined ?'
      }
    ]
  },
  {
    file: 'plugin/request/fastify-session.ts',
    tests: ['request/binding/binding'],
    breaks: [
      {
        name: 'decryptSession reads bound sessions',
        promise: 'D1: a copied cookie is refused everywhere',
        from: ' && !needsProof(record, at)',
        to: ''
      }
    ]
  }
] satisfies BreakList[]
