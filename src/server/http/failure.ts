import { asSlipwayError, type SlipwayError } from "../../errors/index.ts";
import type { Exchange } from "./exchange.ts";
import { statusOf } from "./status.ts";

/**
 * Answers with a failure. Beside Docker's `message` stands what Docker has no place for and our own client
 * passes on. Once a body has begun, cutting it off is the only way to say that it is not complete.
 */
export function answerFailure(exchange: Exchange, thrown: unknown): SlipwayError {
  const error = asSlipwayError(thrown);
  const { response, request } = exchange;
  if (response.headersSent) {
    request.socket.destroy();
  } else if (error.kind === "notModified") {
    exchange.empty(304);
  } else {
    const { exitCode, errno } = error.details;
    exchange.json({ message: error.message, exitCode, errno }, statusOf[error.kind]);
  }
  return error;
}
