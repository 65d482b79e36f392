import type { Word } from "../parser/index.ts";

/** An instruction is not as it must be; `at`: which part of it. `readInstruction` makes an error with a place of it. */
export class Misuse extends Error {
  constructor(
    message: string,
    readonly at?: Word,
  ) {
    super(message);
  }
}
