import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { invalid } from "../../errors/index.ts";
import { ownWorker } from "../../os/self.ts";
import type { Listener } from "../listener.ts";
import { listening } from "./listening.ts";
import { relay } from "./relay.ts";

/** sd_listen_fds(3): the first descriptor that systemd hands over. */
const FIRST_FD = 3;

/**
 * Serves the sockets that systemd listens on. Bun cannot listen on a descriptor that it did not open, so a
 * thread accepts and each connection is relayed to a socket of our own that only root can reach.
 */
export async function listenActivated(listener: Listener): Promise<() => Promise<void>> {
  const count = activatedSockets();
  const directory = mkdtempSync(join(tmpdir(), "slipway-activation-"));
  const path = join(directory, "api.sock");
  await listening(listener.server, { path });
  const workers = Array.from({ length: count }, (_, index) => acceptOn(FIRST_FD + index, path));
  return async () => {
    for (const worker of workers) worker.terminate();
    await listener.close();
    rmSync(directory, { recursive: true, force: true });
  };
}

function activatedSockets(): number {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  const count = Number(LISTEN_FDS ?? 0);
  if (Number(LISTEN_PID) !== process.pid || !(count > 0)) {
    throw invalid(
      "cannot listen on fd://: systemd handed over no socket; start slipway.socket, or give unix://",
    );
  }
  // The containers' processes are not meant.
  delete process.env.LISTEN_PID;
  delete process.env.LISTEN_FDS;
  delete process.env.LISTEN_FDNAMES;
  return count;
}

function acceptOn(fd: number, path: string): Worker {
  const worker = new Worker(ownWorker("server/listen/accept-worker"), { smol: true });
  worker.onmessage = ({ data }: MessageEvent<number>) => relay(data, path);
  worker.postMessage(fd);
  return worker;
}
