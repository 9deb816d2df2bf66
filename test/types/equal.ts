/** True only if both are the very same type: no `any`, no union more or less. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

/** `expectTrue<Equal<typeof a, string>>(true)` does not compile unless it is so. */
export function expectTrue<T extends boolean> (_true: T): void {}
