import type { Server } from "node:http";
import type { ListenOptions } from "node:net";
import { handingOver } from "./hand-over.ts";

/** Resolves when the server listens; rejects with the system's error when it cannot. */
export function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const listened = () => {
      server.off("error", reject);
      resolve();
    };
    handingOver(() => server.listen(options, listened));
  });
}
