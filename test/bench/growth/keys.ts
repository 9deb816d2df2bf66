/**
 * The keys of records: the same functions as the plugin's.
 * @module
 */
import { createHash } from 'node:crypto'
export const keyOf = (userId: string, id: string): string => userKey(userId) + id
export const idOf = (_id: string): string => _id.slice(-22)
const userKey = (userId: string): string => process.env.OLD ? '' : createHash('sha256').update(userId).digest('base64url').slice(0, 8)
