import { ExpansionError } from "./error.ts";

/** Characters that variables may add to a word: no process could be given more by far. */
const longest = 1 << 20;
/** Steps of a pattern's matching: some seconds of them would hold everybody up. */
const mostSteps = 5_000_000;

/** Refuses a text that variables make too long: ten lines of ENV that double a value make a thousand of it. */
export function refuseLong(length: number, written = 0): void {
  if (length <= longest + written) return;
  throw new ExpansionError(`variables make it longer than ${longest} characters`);
}

/** Characters that all words of a Dockerfile may have together. */
const mostCharacters = 64 << 20;

/** Refuses a Dockerfile whose words, each of a length that is allowed, are too much together. */
export function refuseMuch(characters: number): void {
  if (characters <= mostCharacters) return;
  throw new ExpansionError(`variables make the Dockerfile longer than ${mostCharacters} characters`);
}

/** Counts the steps of a pattern's matching. */
export class Effort {
  #steps = 0;

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > mostSteps) throw new ExpansionError("the pattern takes too long to match");
  }
}
