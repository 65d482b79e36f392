import { closeSync, fstatSync, openSync, statSync } from "node:fs";
import {
  type DroppingRule,
  droppingRules,
  type IpVersion,
  type OtherNamespace,
} from "../../../os/firewall/index.ts";
import { ifThere, processGone } from "../../../os/if-there.ts";
import type { Patient } from "./patient.ts";
import type { Place } from "./place.ts";

/** `where`: "on the host", "inside web". */
export type LocatedRule = DroppingRule & { readonly where: string };

/** The packet filters that packets meet on their way: the container's own, the host's, and the target's. */
export class PacketFilters implements Disposable {
  readonly #places: { where: string; namespace?: OtherNamespace }[] = [{ where: "on the host" }];
  #opened: number | undefined;

  constructor({ namespace, name }: Patient, place: Place) {
    this.#add(name, namespace);
    if (place.kind !== "container") return;
    const { record } = place.container;
    this.#opened = openNamespace(record.state.initPid);
    if (this.#opened !== undefined) this.#add(record.name, this.#opened);
  }

  async rules(version: IpVersion): Promise<LocatedRule[]> {
    const all = this.#places.map(async ({ where, namespace }) =>
      (await droppingRules(version, namespace)).map((rule) => ({ ...rule, where })),
    );
    return (await Promise.all(all)).flat();
  }

  [Symbol.dispose](): void {
    if (this.#opened !== undefined) closeSync(this.#opened);
  }

  /** A container in the host's network has none of its own. */
  #add(container: string, fd: number): void {
    if (fstatSync(fd).ino === statSync("/proc/self/ns/net").ino) return;
    const namespace = { fd, path: `/proc/${process.pid}/fd/${fd}` };
    this.#places.push({ where: `inside ${container}`, namespace });
  }
}

/** Undefined when the process has ended. */
function openNamespace(pid: number): number | undefined {
  return ifThere(() => openSync(`/proc/${pid}/ns/net`, "r"), processGone);
}
