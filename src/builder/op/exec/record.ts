import type { HostConfig } from "../../../api/index.ts";
import { endpointsFor } from "../../../engine/container/network/endpoints.ts";
import { type ContainerRecord, never } from "../../../engine/container/record.ts";
import { validateCreate } from "../../../engine/container/validate/index.ts";
import type { EngineContext } from "../../../engine/context.ts";
import { nowNanoseconds, rfc3339Nano } from "../../../os/clock.ts";
import type { ExecLimits, ExecOp } from "../../graph/index.ts";

/** What BuildKit calls the host that RUN sees. */
const defaultHostname = "buildkitsandbox";

/** A container that no store ever knows: what a RUN step is, in the words from which containers are made. */
export function transientRecord(
  engine: EngineContext,
  id: string,
  op: ExecOp,
  env: readonly string[],
): ContainerRecord {
  const [path = "", ...args] = op.args;
  const request = {
    Hostname: op.limits?.hostname || defaultHostname,
    User: op.user,
    // BuildKit sets no HOSTNAME, as the engine does for containers: a bare name takes it away.
    Env: ["HOSTNAME", ...op.env, ...op.uncachedEnv, ...env],
    WorkingDir: op.cwd,
    HostConfig: hostConfigOf(engine, op),
  };
  const { config, hostConfig } = validateCreate(request, engine.host, engine.config);
  return {
    id,
    name: `build-${id.slice(0, 12)}`,
    created: rfc3339Nano(nowNanoseconds()),
    image: { reference: "", id: "" },
    platform: op.platform.os,
    config,
    hostConfig,
    path,
    args,
    mounts: [],
    endpoints: endpointsFor(engine, request, hostConfig),
    state: {
      status: "created",
      exitCode: 0,
      error: "",
      oomKilled: false,
      startedAt: never,
      finishedAt: never,
      initPid: 0,
      startTicks: 0,
    },
    restartCount: 0,
    manuallyStopped: false,
    removing: false,
  };
}

function hostConfigOf(engine: EngineContext, { limits = {}, network, security }: ExecOp): HostConfig {
  return {
    ...given({
      Memory: limits.memory,
      MemorySwap: limits.memorySwap,
      CpuShares: limits.cpuShares,
      CpuPeriod: limits.cpuPeriod,
      CpuQuota: limits.cpuQuota,
      CpusetCpus: limits.cpusetCpus,
      CpusetMems: limits.cpusetMems,
      CgroupParent: limits.cgroupParent,
      ShmSize: limits.shmSize,
      Ulimits: limits.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      ExtraHosts: limits.extraHosts,
      Dns: limits.dns,
      SecurityOpt: limits.securityOpt,
    }),
    NetworkMode: networkMode(engine, network, limits),
    Privileged: security === "insecure",
  } as HostConfig;
}

/** An engine without a default bridge has no network to give. */
function networkMode(
  { networks }: EngineContext,
  network: ExecOp["network"],
  { networkName }: ExecLimits,
): string {
  if (network !== "default") return network;
  if (networkName !== undefined && networkName !== "" && networkName !== "default") return networkName;
  return networks.named("bridge")?.settings === undefined ? "none" : "bridge";
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
