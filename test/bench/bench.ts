/**
 * `npm run bench`: the comparison. `npm run bench -- --memory`: the memory of server processes. `npm run bench -- growth`:
 * from a thousand records to ten million. `npm run bench -- operators`: what operators see and do, with a thousand sessions and
 * with a million. `npm run bench -- report`: what was measured, into REFERENCE.md and README.md.
 * @module
 */
const [first, ...rest] = process.argv.slice(2)

const steps: Record<string, () => Promise<void>> = {
  growth: async () => await (await import('./growth/growth.js')).growth(rest),
  operators: async () => await (await import('./operators/operators.js')).operators(rest),
  report: async () => await (await import('./report/report.js')).report()
}

const step = steps[first ?? ''] ?? (async () => await (await import('./compare/compare.js')).compare(process.argv.slice(2)))
try {
  await step()
} catch (error) {
  // A plain Error says what to do; any other is a mistake here.
  console.error(error instanceof Error && error.constructor === Error ? error.message : error)
  process.exitCode = 1
}
