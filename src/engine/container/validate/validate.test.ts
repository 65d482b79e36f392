import { describe, expect, test } from "bun:test";
import type { ContainerCreateRequest, HostConfig } from "../../../api/index.ts";
import { loadConfig } from "../../config/index.ts";
import { type HostFacts, readHostFacts } from "../../host/index.ts";
import { validateCreate } from "./index.ts";

const facts = readHostFacts();
/** A host that offers everything, whatever the one that runs the test lacks. */
const host: HostFacts = {
  ...facts,
  cpuCount: 4,
  cpusOnline: "0-3",
  memoryNodes: "0",
  capabilities: facts.capabilities.filter((name) => name !== "CAP_SYS_RESOURCE"),
  rlimits: { ...facts.rlimits, nofile: { soft: 1000, hard: 1000 } },
  cgroup: {
    version: 1,
    memory: true,
    swap: true,
    swappiness: true,
    oomKillDisable: true,
    cpuShares: true,
    cfs: true,
    realtime: true,
    cpuset: true,
    pids: true,
    blkioWeight: true,
    blkioThrottle: true,
    namespaces: true,
  },
};
const engine = { ...loadConfig([]), defaultRuntime: "crun" };
const check = (HostConfig: HostConfig, rest: ContainerCreateRequest = {}) =>
  validateCreate({ ...rest, HostConfig }, host, engine);

describe("validateCreate", () => {
  test("fills in what inspect shows", () => {
    const { hostConfig, warnings } = validateCreate({ Image: "x" }, host, engine);
    expect(hostConfig).toMatchObject({
      NetworkMode: "bridge",
      IpcMode: "private",
      CgroupnsMode: "host",
      ShmSize: 67108864,
      Runtime: "crun",
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      LogConfig: { Type: "json-file", Config: {} },
    });
    expect(warnings).toEqual([]);
  });

  test("a Go client's zero values take the defaults", () => {
    const { hostConfig } = check({
      NetworkMode: "default",
      ShmSize: 0,
      Runtime: "",
      IpcMode: "",
      LogConfig: { Type: "", Config: null },
      RestartPolicy: { Name: "", MaximumRetryCount: 0 },
      PortBindings: null,
    });
    expect(hostConfig).toMatchObject({
      NetworkMode: "bridge",
      ShmSize: 67108864,
      Runtime: "crun",
      PortBindings: {},
    });
    expect(hostConfig.LogConfig).toEqual({ Type: "json-file", Config: {} });
  });

  test("a swap limit follows the memory limit", () => {
    expect(check({ Memory: 10 << 20 }).hostConfig.MemorySwap).toBe(20 << 20);
    expect(check({ Memory: 10 << 20, MemorySwap: -1 }).hostConfig.MemorySwap).toBe(-1);
  });

  test("what cannot be raised is lowered, and said", () => {
    const { warnings } = check({ Ulimits: [{ Name: "nofile", Soft: 5000, Hard: 5000 }] });
    expect(warnings.join()).toContain("nofile is lowered to this host's hard limit of 1000");
  });

  const impossible: [HostConfig, string][] = [
    [{ Memory: 1024 }, "Minimum memory limit allowed is 6MB"],
    [{ MemorySwap: 1 << 30 }, "You should always set the Memory limit when using Memoryswap limit"],
    [{ Memory: 1 << 30, MemorySwap: 1 << 29 }, "Minimum memoryswap limit should be larger than memory limit"],
    [{ NanoCpus: 64e9 }, "range of CPUs is from 0.01 to 4.00"],
    [{ NanoCpus: 1e9, CpuQuota: 5000 }, "Nano CPUs and CPU Quota cannot both be set"],
    [{ CpuPeriod: 10 }, "CPU cfs period can not be less than 1ms"],
    [{ CpusetCpus: "0-9" }, "Requested CPUs are not available - requested 0-9, available: 0-3"],
    [{ CpusetCpus: "x" }, "Invalid value x for cpuset cpus"],
    [{ BlkioWeight: 5 }, "Range of blkio weight is from 10 to 1000"],
    [{ OomScoreAdj: 2000 }, "range for oom score adj is [-1000, 1000]"],
    [{ IpcMode: "strange" }, "invalid IPC mode: strange"],
    [{ PidMode: "container:" }, "invalid PID mode: container:"],
    [
      { RestartPolicy: { Name: "always", MaximumRetryCount: 3 } },
      "maximum retry count can only be used with 'on-failure'",
    ],
    [
      { AutoRemove: true, RestartPolicy: { Name: "always" } },
      "can't create 'AutoRemove' container with restart policy",
    ],
    [{ Runtime: "kata" }, "unknown or invalid runtime name: kata"],
    [{ CapAdd: ["FLY"] }, 'unknown capability: "FLY"'],
    [{ PortBindings: { "99999/tcp": [{ HostPort: "1" }] } }, 'invalid port specification: "99999/tcp"'],
    [{ PortBindings: { "80/tcp": [{ HostPort: "x" }] } }, 'invalid port specification: "x"'],
    [{ SecurityOpt: ["nothing=here"] }, "invalid --security-opt"],
    [
      { Ulimits: [{ Name: "nofile", Soft: 20, Hard: 10 }] },
      "ulimit soft limit must be less than or equal to hard limit",
    ],
    [{ NetworkMode: "container:abc", Dns: ["1.1.1.1"] }, "conflicting options: dns and the network mode"],
    [
      { DeviceRequests: [{ Driver: "nvidia", Capabilities: [["gpu"]] }] },
      'could not select device driver "nvidia"',
    ],
  ];
  test.each(impossible)("%j is refused: %s", (hostConfig, message) => {
    expect(() => check(hostConfig)).toThrow(message);
  });

  const malformed: [ContainerCreateRequest, string][] = [
    [{ Hostname: "h".repeat(65) }, "is too long"],
    [{ Env: ["=x"] }, "invalid environment variable"],
    [{ WorkingDir: "relative" }, "needs to be an absolute path"],
    [{ Healthcheck: { Test: ["RUN"] } }, "Unknown healthcheck type 'RUN'"],
    [{ Healthcheck: { Interval: 5 } }, "Interval in Healthcheck cannot be less than 1ms"],
    [{ ExposedPorts: { "80/http": {} } }, 'invalid port specification: "80/http"'],
  ];
  test.each(malformed)("%j is refused: %s", (request, message) => {
    expect(() => check({}, request)).toThrow(message);
  });
});
