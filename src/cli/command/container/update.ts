import type { ContainerUpdateRequest } from "../../../api/index.ts";
import { updateContainer } from "../../../client/container/update.ts";
import { atLeast, command } from "../../command.ts";
import { list, string } from "../../flags/kinds.ts";
import { wrong } from "../../local-error.ts";
import { bindingsOf } from "../../opts/port.ts";
import { parseRemovals } from "../../opts/port-removal.ts";
import { parseRestart } from "../../opts/restart.ts";
import { printError } from "../../streams/print.ts";
import { forEach } from "../for-each.ts";
import { createFlags } from "./create-flags.ts";

const flags = {
  "blkio-weight": createFlags["blkio-weight"],
  "cpu-period": createFlags["cpu-period"],
  "cpu-quota": createFlags["cpu-quota"],
  "cpu-rt-period": createFlags["cpu-rt-period"],
  "cpu-rt-runtime": createFlags["cpu-rt-runtime"],
  "cpu-shares": createFlags["cpu-shares"],
  cpus: createFlags.cpus,
  "cpuset-cpus": createFlags["cpuset-cpus"],
  "cpuset-mems": createFlags["cpuset-mems"],
  memory: createFlags.memory,
  "memory-reservation": createFlags["memory-reservation"],
  "memory-swap": createFlags["memory-swap"],
  "pids-limit": createFlags["pids-limit"],
  "publish-add": list("Publish a further port, also while the container runs"),
  "publish-rm": list("Take a published port back, also while the container runs"),
  restart: string("Restart policy to apply when a container exits"),
};

export default command({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arity: atLeast(1),
  flags,
  async run({ flags, changed, args, connect }) {
    if (!Object.keys(flags).some((name) => changed(name as keyof typeof flags))) {
      throw wrong("you must provide one or more flags when using this command");
    }
    const request: ContainerUpdateRequest = {
      BlkioWeight: flags["blkio-weight"] ?? 0,
      CpusetCpus: flags["cpuset-cpus"],
      CpusetMems: flags["cpuset-mems"],
      CpuShares: flags["cpu-shares"] ?? 0,
      Memory: flags.memory ?? 0,
      MemoryReservation: flags["memory-reservation"] ?? 0,
      MemorySwap: flags["memory-swap"] ?? 0,
      CpuPeriod: flags["cpu-period"] ?? 0,
      CpuQuota: flags["cpu-quota"] ?? 0,
      CpuRealtimePeriod: flags["cpu-rt-period"] ?? 0,
      CpuRealtimeRuntime: flags["cpu-rt-runtime"] ?? 0,
      NanoCpus: flags.cpus ?? 0,
      ...(changed("pids-limit") ? { PidsLimit: flags["pids-limit"]! } : {}),
      RestartPolicy: parseRestart(flags.restart),
      ...(changed("publish-add") ? { PublishAdd: bindingsOf(flags["publish-add"]) } : {}),
      ...(changed("publish-rm") ? { PublishRemove: parseRemovals(flags["publish-rm"]) } : {}),
    };
    const client = await connect();
    const warnings: string[] = [];
    const status = await forEach(args, async (name) => {
      warnings.push(...((await updateContainer(client, name, request)).Warnings ?? []));
    });
    if (warnings.length > 0) printError(`${warnings.join("\n")}\n`);
    return status;
  },
});
