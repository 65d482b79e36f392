import { closeSync } from "node:fs";
import { errnoOf, unavailable } from "../../errors/index.ts";
import { createBridge, type NetlinkRequest, RouteSocket } from "../../os/netlink/index.ts";
import { createNamespace } from "../../os/netns.ts";

/**
 * `unavailable` where the kernel lacks the kind of interface that `create` asks for. It is tried in a namespace that
 * ends with the question, on a bridge: those every kernel has that runs containers.
 */
export function requireKind(
  kind: string,
  create: (lower: number, namespaceFd: number) => NetlinkRequest,
): void {
  const { fd, result: socket } = createNamespace(() => new RouteSocket());
  try {
    socket.transact(createBridge("lower", { up: true }));
    socket.transact(create(socket.link("lower")?.index ?? 0, fd));
  } catch (error) {
    if (errnoOf(error) !== "ENOTSUP") throw error;
    throw unavailable(
      `this host's kernel has no ${kind}: load the module ("modprobe ${kind}") or use another driver, such as bridge`,
      { cause: error },
    );
  } finally {
    socket[Symbol.dispose]();
    closeSync(fd);
  }
}
