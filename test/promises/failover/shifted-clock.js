/**
 * Preloaded by server processes: their wall clock is `CLOCK_SKEW` ms ahead of this machine's. `performance.now` and timers
 * stay as they are.
 * @module
 */
const skew = Number(process.env.CLOCK_SKEW)
const { now } = Date

Date.now = () => now() + skew

globalThis.Date = new Proxy(Date, {
  construct: (RealDate, args, newTarget) => Reflect.construct(RealDate, args.length === 0 ? [RealDate.now()] : args, newTarget),
  apply: RealDate => new RealDate(RealDate.now()).toString()
})
