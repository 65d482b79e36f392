import { SlipwayError, systemError } from "../../errors/index.ts";
import type { Exchange } from "../http/exchange.ts";

/**
 * docker's command line, up to version 28, asks for a name and a password when it gets a 401, and waits for them for
 * ever where there is no terminal. Docker's engine answers it 500 when nobody has logged in, and so do we.
 */
export async function withoutLoginPrompt<T>({ request }: Exchange, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const isDocker = request.headers["user-agent"]?.startsWith("Docker-Client/") ?? false;
    if (!isDocker || !(error instanceof SlipwayError) || error.kind !== "unauthorized") throw error;
    throw systemError(error.message, { cause: error });
  }
}
