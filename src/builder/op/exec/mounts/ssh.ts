import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, statSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { notFound } from "../../../../errors/index.ts";
import type { MountContext, MountOf, PreparedMount } from "./model.ts";

/** `--mount=type=ssh`: a socket of the step's own that leads to the agent, whoever owns that. */
export async function prepareSsh(
  { job, workplace }: MountContext,
  { id, target, required, mode, uid, gid }: MountOf<"ssh">,
  number: number,
): Promise<PreparedMount> {
  const agent = await job.session.sshAgent(id);
  if (agent === undefined) {
    if (required) throw notFound(`unset ssh forward key ${id}: give the build an agent with --ssh ${id}`);
    return { isFile: true, env: [] };
  }
  if (statSync(agent, { throwIfNoEntry: false })?.isSocket() !== true)
    throw notFound(
      `the engine does not see the ssh agent ${agent}: agents can be lent to engines on this host`,
    );
  const directory = join(workplace.directory, "ssh");
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const path = join(directory, String(number));
  const close = await forward(path, agent);
  workplace.atEnd(close);
  chownSync(path, uid, gid);
  chmodSync(path, mode);
  const mount = { destination: target, type: "bind", source: path, options: ["bind", "rprivate"] };
  return { mount, isFile: true, env: [`SSH_AUTH_SOCK=${target}`] };
}

/** Serves on a socket and hands each connection on to another one. Answers how to end it. */
async function forward(path: string, agent: string): Promise<() => void> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ path: agent, allowHalfOpen: true });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("close", () => open.delete(one));
      // Who cannot reach the agent sees a connection that ends, as without a proxy.
      one.on("error", () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(path);
  await once(server, "listening");
  return () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
}
