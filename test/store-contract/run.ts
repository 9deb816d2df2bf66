/** Runs cases of the contract as runners do. @module */
import { type MakeStore, storeContract, type StoreCase } from '../../plugin/store-contract/store-contract.js'

/** The context of a test whose runner can skip it. */
export function skipping () {
  const reasons: string[] = []
  return { reasons, skip (reason: string) { this.reasons.push(reason) } }
}

/** What the case rejects with; null: it passes. */
export const failureOf = async ({ run }: StoreCase, context = skipping()): Promise<any> => await run(context).then(() => null, error => error)

/** The cases whose name begins so. */
export const about = (beginning: string, makeStore: MakeStore): StoreCase[] =>
  storeContract(makeStore).filter(({ name }) => name.startsWith(beginning))
