/**
 * Something to wait at until the test opens it: holds requests under way without sleeping.
 * @module
 */
export interface Gate {
  /** Resolves when the gate is open. */
  passed: Promise<void>
  open(): void
}

export function createGate (): Gate {
  let open = (): void => {}
  const passed = new Promise<void>(resolve => { open = resolve })
  return { passed, open }
}

/** Lets everything that is ready to run in this event-loop turn, and the next ones, run. */
export async function turns (count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(resolve => { setImmediate(resolve) })
}

/** `count` of something at the same moment. */
export const parallel = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))
