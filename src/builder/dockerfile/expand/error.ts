/** A word cannot be expanded. Whoever knows the place in the file makes an error for people of it. */
export class ExpansionError extends Error {}
