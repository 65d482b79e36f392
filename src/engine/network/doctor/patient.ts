import { closeSync, openSync } from "node:fs";
import { conflict, errnoOf } from "../../../errors/index.ts";
import type { Endpoint } from "../../../network/index.ts";
import { RouteSocket } from "../../../os/netlink/index.ts";
import { inNamespace } from "../../../os/netns.ts";
import { type HeldRoot, holdRoot } from "../../../os/process-root.ts";
import type { Container } from "../../container/container.ts";
import { lookUpContainer, sharedWith } from "../../container/network/mode.ts";
import type { EngineContext } from "../../context.ts";

/** A running container whose network is examined. Its namespace and its files are held until it is disposed of. */
export class Patient implements Disposable {
  /** The network configuration of the namespace. */
  readonly route: RouteSocket;

  private constructor(
    readonly container: Container,
    /** The container that has the networks: another one in the mode `container:`. */
    readonly owner: Container,
    readonly namespace: number,
    readonly root: HeldRoot,
  ) {
    this.route = inNamespace(namespace, () => new RouteSocket());
  }

  /** `conflict` when its process is gone. */
  static of(engine: Pick<EngineContext, "containers">, container: Container): Patient {
    const { record } = container;
    const { initPid: pid, startTicks } = record.state;
    const shared = sharedWith(record.hostConfig);
    const owner =
      shared === undefined ? container : (lookUpContainer(engine.containers, shared) ?? container);
    const gone = () => conflict(`container ${record.name} has just ended`);
    let namespace: number;
    try {
      namespace = openSync(`/proc/${pid}/ns/net`, "r");
    } catch (error) {
      if (["ENOENT", "ESRCH"].includes(errnoOf(error) ?? "")) throw gone();
      throw error;
    }
    // Its start time is compared after the namespace was opened, so that both are the same process's.
    const root = holdRoot({ pid, startTicks });
    try {
      if (root === undefined) throw gone();
      return new Patient(container, owner, namespace, root);
    } catch (error) {
      root?.close();
      closeSync(namespace);
      throw error;
    }
  }

  get name(): string {
    return this.container.record.name;
  }

  /** By the network's name; none in the modes `host` and `none`. */
  get endpoints(): Readonly<Record<string, Endpoint>> {
    return this.owner.record.state.network?.endpoints ?? {};
  }

  [Symbol.dispose](): void {
    this.route[Symbol.dispose]();
    this.root.close();
    closeSync(this.namespace);
  }
}
