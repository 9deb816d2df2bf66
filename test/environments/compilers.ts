export const COMPILERS: any[] = []
