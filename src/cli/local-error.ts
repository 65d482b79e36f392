/**
 * Something is wrong on this side of the socket: with an argument, a file, the terminal. What the engine says
 * is a SlipwayError and is shown as its answer.
 */
export class LocalError extends Error {}

export const wrong = (message: string): LocalError => new LocalError(message);
