export const BUNDLERS: any[] = []
