/**
 * An entry of a form that cannot be taken.
 * @module
 */

/** The message is for the person who made the entry. */
export class FieldError extends Error {
  readonly statusCode = 422

  constructor (readonly field: string, message: string) {
    super(message)
  }
}
