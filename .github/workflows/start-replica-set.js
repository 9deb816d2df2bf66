/**
 * Makes the MongoDB server at port 27017, which was started with `--replSet rs0`, a replica set of one member, and waits until it is
 * the primary.
 * @module
 */
import { MongoClient } from 'mongodb'

// The server may not listen yet: the driver waits for it.
const client = new MongoClient('mongodb://127.0.0.1:27017/?directConnection=true', { serverSelectionTimeoutMS: 60_000 })
try {
  const admin = client.db('admin')
  const members = [{ _id: 0, host: '127.0.0.1:27017' }]
  await admin.command({ replSetInitiate: { _id: 'rs0', members } })
  while (!(await admin.command({ hello: 1 })).isWritablePrimary) await new Promise(resolve => setTimeout(resolve, 200))
} finally {
  await client.close()
}
