import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../../../os/testing.ts";
import { loadConfig } from "../../config/index.ts";
import { readHostFacts } from "../../host/index.ts";
import { type ContainerRecord, never } from "../record.ts";
import { validateCreate } from "../validate/index.ts";
import { capabilitiesFor } from "./capabilities.ts";
import { parseDeviceRule } from "./devices.ts";
import { mergeEnvironment } from "./environment.ts";
import { buildSpec } from "./index.ts";
import { customSeccomp, defaultSeccomp } from "./seccomp.ts";
import { parseSecurityOptions } from "./security.ts";
import { resolveUser } from "./user.ts";

afterAll(removeScratch);

const host = readHostFacts();
const engine = { ...loadConfig([]), defaultRuntime: "crun" };

function rootfs(files: Record<string, string> = {}): string {
  const root = scratchDirectory("spec");
  mkdirSync(join(root, "etc"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

function specFor(request: Parameters<typeof validateCreate>[0], root = rootfs()) {
  const { config, hostConfig } = validateCreate(request, host, engine);
  const record: ContainerRecord = {
    id: "0".repeat(64),
    name: "test",
    created: never,
    image: { reference: "busybox", id: `sha256:${"0".repeat(64)}` },
    platform: "linux",
    config,
    hostConfig,
    path: "sh",
    args: ["-c", "true"],
    mounts: [],
    endpoints: {},
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
  return buildSpec({
    record,
    rootfs: root,
    network: "new",
    mounts: [],
    cgroupPath: "/slipway/x",
    host,
    config: engine,
  });
}

describe("buildSpec", () => {
  test("a plain container gets Docker's isolation", () => {
    const spec = specFor({ Image: "busybox", Hostname: "box" });
    expect(spec.hostname).toBe("box");
    expect(spec.process?.args).toEqual(["sh", "-c", "true"]);
    expect(spec.process?.env).toEqual([
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "HOSTNAME=box",
      "HOME=/",
    ]);
    expect(spec.linux?.namespaces?.map(({ type }) => type).sort()).toContain("pid");
    expect(spec.linux?.maskedPaths).toContain("/proc/kcore");
    expect(spec.linux?.readonlyPaths).toContain("/proc/sys");
    expect(spec.linux?.seccomp?.defaultAction).toBe("SCMP_ACT_ERRNO");
    expect(spec.process?.capabilities?.bounding).not.toContain("CAP_SYS_ADMIN");
    expect(spec.linux?.resources?.devices?.[0]).toEqual({ allow: false, access: "rwm" });
  });

  test("--privileged lifts every restriction and gives what the host has, no more", () => {
    const spec = specFor({ HostConfig: { Privileged: true } });
    expect(spec.process?.capabilities?.bounding).toEqual(host.capabilities);
    expect(spec.linux?.seccomp).toBeUndefined();
    expect(spec.linux?.maskedPaths).toEqual([]);
    expect(spec.mounts?.find(({ destination }) => destination === "/sys")?.options).not.toContain("ro");
    expect(spec.linux?.devices?.some(({ path }) => path === "/dev/null")).toBe(true);
  });

  test("limits arrive in the runtime's units", () => {
    const spec = specFor({
      HostConfig: { Memory: 64 << 20, NanoCpus: 1.5e9, PidsLimit: 50, CpuShares: 512 },
    });
    expect(spec.linux?.resources?.memory).toEqual({ limit: 64 << 20, swap: 128 << 20 });
    expect(spec.linux?.resources?.cpu).toEqual({ shares: 512, period: 100_000, quota: 150_000 });
    expect(spec.linux?.resources?.pids).toEqual({ limit: 50 });
  });

  test("namespaces of the host are not made anew", () => {
    const spec = specFor({ HostConfig: { PidMode: "host", IpcMode: "host", UTSMode: "host" } });
    const types = spec.linux?.namespaces?.map(({ type }) => type);
    expect(types).not.toContain("pid");
    expect(types).not.toContain("ipc");
    expect(types).not.toContain("uts");
    expect(spec.hostname).toBeUndefined();
  });

  test("a user other than root starts without capabilities", () => {
    const root = rootfs({
      "etc/passwd": "app:x:1000:1001::/home/app:/bin/sh\n",
      "etc/group": "extra:x:7:app\n",
    });
    const { process } = specFor({ User: "app", HostConfig: { GroupAdd: ["9"] } }, root);
    expect(process?.user).toEqual({ uid: 1000, gid: 1001, additionalGids: [7, 9] });
    expect(process?.capabilities?.effective).toEqual([]);
    expect(process?.env).toContain("HOME=/home/app");
  });

  test("--read-only makes the kernel's file systems read-only too, where Docker does", () => {
    const { mounts, root } = specFor({ HostConfig: { ReadonlyRootfs: true } });
    expect(root?.readonly).toBe(true);
    expect(mounts?.find(({ destination }) => destination === "/sys/fs/cgroup")?.options).toContain("ro");
    expect(mounts?.find(({ destination }) => destination === "/dev/shm")?.options).not.toContain("ro");
  });
});

describe("resolveUser", () => {
  const root = rootfs({
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/var/www:/bin/false\n",
    "etc/group": "root:x:0:\nweb:x:33:\naudio:x:29:web\n",
  });
  test.each([
    ["", { uid: 0, gid: 0, additionalGids: [], home: "/root" }],
    ["web", { uid: 33, gid: 33, additionalGids: [29], home: "/var/www" }],
    ["web:audio", { uid: 33, gid: 29, additionalGids: [], home: "/var/www" }],
    ["1234", { uid: 1234, gid: 0, additionalGids: [], home: "/" }],
    ["1234:5678", { uid: 1234, gid: 5678, additionalGids: [], home: "/" }],
  ])("%j", (text, user) => {
    expect(resolveUser(root, text, [])).toEqual(user);
  });

  test("an unknown name says so", () => {
    expect(() => resolveUser(root, "nobody9", [])).toThrow("unable to find user nobody9");
    expect(() => resolveUser(root, "web:nogroup9", [])).toThrow("unable to find group nogroup9");
  });

  test("a link that an image plants does not lead to the host's accounts", () => {
    const planted = rootfs();
    const secret = join(scratchDirectory("secret"), "passwd");
    writeFileSync(secret, "intruder:x:4242:4242::/:/bin/sh\n");
    symlinkSync(secret, join(planted, "etc/passwd"));
    expect(() => resolveUser(planted, "intruder", [])).toThrow("unable to find user");
  });
});

test("capabilities: drop ALL, add ALL, names in any form, unknown names", () => {
  const bounding = host.capabilities;
  const ask = (add: string[], drop: string[]) => capabilitiesFor({ add, drop, privileged: false }, bounding);
  expect(ask(["net_admin"], ["ALL"])).toEqual(["CAP_NET_ADMIN"]);
  expect(ask(["ALL"], ["NET_ADMIN"])).toEqual(bounding.filter((name) => name !== "CAP_NET_ADMIN"));
  expect(ask([], ["CAP_CHOWN"])).not.toContain("CAP_CHOWN");
  expect(() => ask(["fly"], [])).toThrow('unknown capability: "fly"');
});

test("seccomp: what a capability allows is allowed only with it", () => {
  const allows = (capabilities: string[], call: string) =>
    defaultSeccomp(capabilities).syscalls?.some(
      ({ names, action, args }) => names.includes(call) && action === "SCMP_ACT_ALLOW" && args === undefined,
    );
  expect(allows([], "read")).toBe(true);
  expect(allows([], "mount")).toBe(false);
  expect(allows(["CAP_SYS_ADMIN"], "mount")).toBe(true);
  expect(allows([], "reboot")).toBe(false);
  expect(allows(["CAP_SYS_BOOT"], "reboot")).toBe(true);
});

test("seccomp: a profile file is resolved for this host", () => {
  const profile = JSON.stringify({
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [
      { name: "chmod", action: "SCMP_ACT_ERRNO" },
      { names: ["chown"], action: "SCMP_ACT_ERRNO", includes: { caps: ["CAP_CHOWN"] } },
      { names: ["kill"], action: "SCMP_ACT_ERRNO", excludes: { minKernel: "3.0" } },
    ],
  });
  const names = customSeccomp(profile, []).syscalls?.flatMap((rule) => rule.names);
  expect(names).toEqual(["chmod"]);
  expect(() => customSeccomp("{", [])).toThrow("Decoding seccomp profile failed");
});

test("environment: the last value wins in place, a bare name removes", () => {
  expect(mergeEnvironment(["A=1", "B=2"], ["A=3", "B", "C=x=y"])).toEqual(["A=3", "C=x=y"]);
});

test("device cgroup rules", () => {
  expect(parseDeviceRule("c 10:* rw")).toEqual({
    allow: true,
    type: "c",
    major: 10,
    access: "rw",
  });
  expect(() => parseDeviceRule("c 10 rw")).toThrow("invalid device cgroup rule format: 'c 10 rw'");
});

test("security options in both notations", () => {
  expect(parseSecurityOptions(["no-new-privileges", "seccomp:unconfined", "label=disable"])).toEqual({
    noNewPrivileges: true,
    seccomp: "unconfined",
    labels: ["disable"],
    systempathsUnconfined: false,
  });
  expect(() => parseSecurityOptions(["nonsense=1"])).toThrow("nonsense=1");
});
