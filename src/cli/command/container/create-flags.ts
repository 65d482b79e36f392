/* The options that `run` and `create` share: everything a container can be asked for. */
import { contentTrust } from "../../flags/content-trust.ts";
import type { FlagSet, FlagValues } from "../../flags/flag.ts";
import { bool, custom, each, integer, list, map, string } from "../../flags/kinds.ts";
import { platformFlag } from "../../flags/platform.ts";
import { parseDuration, parseInteger } from "../../flags/scalar.ts";
import { parseGpus, parseThrottleBytes, parseThrottleRate, parseWeightDevice } from "../../opts/device.ts";
import { parseMount } from "../../opts/mount.ts";
import { parseNetwork } from "../../opts/network.ts";
import { parseBytes, parseCpus, parseSwapBytes } from "../../opts/size.ts";
import { parseUlimit } from "../../opts/ulimit.ts";
import * as valid from "../../opts/validate.ts";

const limits = {
  "blkio-weight": custom(
    "Block IO (relative weight), between 10 and 1000, or 0 to disable",
    "uint16",
    (text) => parseInteger(text, 0, 65_535),
    { shownDefault: "0" },
  ),
  "blkio-weight-device": each("Block IO weight (relative device weight)", parseWeightDevice, {
    shownDefault: "[]",
  }),
  "cgroup-parent": string("Optional parent cgroup for the container"),
  "cpu-count": integer("CPU count (Windows only)"),
  "cpu-percent": integer("CPU percent (Windows only)"),
  "cpu-period": integer("Limit CPU CFS (Completely Fair Scheduler) period"),
  "cpu-quota": integer("Limit CPU CFS (Completely Fair Scheduler) quota"),
  "cpu-rt-period": integer("Limit CPU real-time period in microseconds"),
  "cpu-rt-runtime": integer("Limit CPU real-time runtime in microseconds"),
  "cpu-shares": integer("CPU shares (relative weight)", { short: "c" }),
  cpus: custom("Number of CPUs", "decimal", parseCpus),
  "cpuset-cpus": string("CPUs in which to allow execution (0-3, 0,1)"),
  "cpuset-mems": string("MEMs in which to allow execution (0-3, 0,1)"),
  "device-read-bps": each("Limit read rate (bytes per second) from a device", parseThrottleBytes, {
    shownDefault: "[]",
  }),
  "device-read-iops": each("Limit read rate (IO per second) from a device", parseThrottleRate, {
    shownDefault: "[]",
  }),
  "device-write-bps": each("Limit write rate (bytes per second) to a device", parseThrottleBytes, {
    shownDefault: "[]",
  }),
  "device-write-iops": each("Limit write rate (IO per second) to a device", parseThrottleRate, {
    shownDefault: "[]",
  }),
  "io-maxbandwidth": custom(
    "Maximum IO bandwidth limit for the system drive (Windows only)",
    "bytes",
    parseBytes,
  ),
  "io-maxiops": custom("Maximum IOps limit for the system drive (Windows only)", "uint", (text) =>
    parseInteger(text, 0),
  ),
  "kernel-memory": custom("Kernel memory limit", "bytes", parseBytes),
  memory: custom("Memory limit", "bytes", parseBytes, { short: "m" }),
  "memory-reservation": custom("Memory soft limit", "bytes", parseBytes),
  "memory-swap": custom(
    "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
    "bytes",
    parseSwapBytes,
  ),
  "memory-swappiness": integer("Tune container memory swappiness (0 to 100)", { shownDefault: "-1" }),
  "oom-kill-disable": bool("Disable OOM Killer"),
  "oom-score-adj": integer("Tune host's OOM preferences (-1000 to 1000)"),
  "pids-limit": integer("Tune container pids limit (set -1 for unlimited)"),
  "shm-size": custom("Size of /dev/shm", "bytes", parseBytes),
  ulimit: each("Ulimit options", parseUlimit, { placeholder: "ulimit", shownDefault: "[]" }),
} satisfies FlagSet;

const networking = {
  "add-host": list("Add a custom host-to-IP mapping (host:ip)", { check: valid.validateExtraHost }),
  dns: list("Set custom DNS servers", { check: valid.validateIp }),
  "dns-opt": list("Set DNS options", { hidden: true }),
  "dns-option": list("Set DNS options"),
  "dns-search": list("Set custom DNS search domains", { check: valid.validateDnsSearch }),
  domainname: string("Container NIS domain name"),
  expose: list("Expose a port or a range of ports"),
  hostname: string("Container host name", { short: "h" }),
  ip: string("IPv4 address (e.g., 172.30.100.104)"),
  ip6: string("IPv6 address (e.g., 2001:db8::33)"),
  link: list("Add link to another container", { check: valid.validateLink }),
  "link-local-ip": list("Container IPv4/IPv6 link-local addresses", { check: valid.validateIp }),
  "mac-address": string("Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
  net: each("Connect a container to a network", parseNetwork, { hidden: true }),
  "net-alias": list("Add network-scoped alias for the container", { hidden: true }),
  network: each("Connect a container to a network", parseNetwork, { placeholder: "network" }),
  "network-alias": list("Add network-scoped alias for the container"),
  publish: list("Publish a container's port(s) to the host", { short: "p" }),
  "publish-all": bool("Publish all exposed ports to random ports", { short: "P" }),
} satisfies FlagSet;

const zeroDuration = { shownDefault: "0s" };

const health = {
  "health-cmd": string("Command to run to check health"),
  "health-interval": custom(
    "Time between running the check (ms|s|m|h)",
    "duration",
    parseDuration,
    zeroDuration,
  ),
  "health-retries": integer("Consecutive failures needed to report unhealthy"),
  "health-start-interval": custom(
    "Time between running the check during the start period (ms|s|m|h)",
    "duration",
    parseDuration,
    zeroDuration,
  ),
  "health-start-period": custom(
    "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h)",
    "duration",
    parseDuration,
    zeroDuration,
  ),
  "health-timeout": custom(
    "Maximum time to allow one check to run (ms|s|m|h)",
    "duration",
    parseDuration,
    zeroDuration,
  ),
  "no-healthcheck": bool("Disable any container-specified HEALTHCHECK"),
} satisfies FlagSet;

const isolation = {
  "cap-add": list("Add Linux capabilities"),
  "cap-drop": list("Drop Linux capabilities"),
  cgroupns: string(
    "Cgroup namespace to use (host|private)\n" +
      "'host':    Run the container in the host's cgroup namespace\n" +
      "'private': Run the container in its own private cgroup namespace\n" +
      "'':        Use the engine's default (default)",
  ),
  device: list("Add a host device to the container"),
  "device-cgroup-rule": list("Add a rule to the cgroup allowed devices list", {
    check: valid.validateDeviceCgroupRule,
  }),
  gpus: each("GPU devices to add to the container ('all' to pass all GPUs)", parseGpus, {
    placeholder: "gpu-request",
  }),
  "group-add": list("Add additional groups to join"),
  ipc: string("IPC mode to use"),
  isolation: string("Container isolation technology"),
  pid: string("PID namespace to use"),
  privileged: bool("Give extended privileges to this container"),
  "read-only": bool("Mount the container's root filesystem as read only"),
  "security-opt": list("Security Options"),
  sysctl: map("Sysctl options"),
  user: string("Username or UID (format: <name|uid>[:<group|gid>])", { short: "u" }),
  userns: string("User namespace to use"),
  uts: string("UTS namespace to use"),
} satisfies FlagSet;

const storage = {
  mount: each("Attach a filesystem mount to the container", parseMount, { placeholder: "mount" }),
  "storage-opt": list("Storage driver options for the container"),
  tmpfs: list("Mount a tmpfs directory"),
  volume: list("Bind mount a volume", { short: "v" }),
  "volume-driver": string("Optional volume driver for the container"),
  "volumes-from": list("Mount volumes from the specified container(s)"),
} satisfies FlagSet;

const running = {
  annotation: map("Add an annotation to the container (passed through to the OCI runtime)"),
  attach: list("Attach to STDIN, STDOUT or STDERR", { short: "a", check: valid.validateAttach }),
  cidfile: string("Write the container ID to the file"),
  "disable-content-trust": contentTrust("Skip image verification"),
  entrypoint: string("Overwrite the default ENTRYPOINT of the image"),
  env: list("Set environment variables", { short: "e", check: valid.validateEnv }),
  "env-file": list("Read in a file of environment variables"),
  help: bool("Print usage"),
  init: bool("Run an init inside the container that forwards signals and reaps processes"),
  interactive: bool("Keep STDIN open even if not attached", { short: "i" }),
  label: list("Set meta data on a container", { short: "l", check: valid.validateLabel }),
  "label-file": list("Read in a line delimited file of labels"),
  "log-driver": string("Logging driver for the container"),
  "log-opt": list("Log driver options"),
  name: string("Assign a name to the container"),
  platform: platformFlag(),
  pull: string('Pull image before running ("always", "missing", "never")', { initial: "missing" }),
  quiet: bool("Suppress the pull output", { short: "q" }),
  restart: string("Restart policy to apply when a container exits", { initial: "no" }),
  rm: bool("Automatically remove the container and its associated anonymous volumes when it exits"),
  runtime: string("Runtime to use for this container"),
  "stop-signal": string("Signal to stop the container"),
  "stop-timeout": integer("Timeout (in seconds) to stop a container"),
  tty: bool("Allocate a pseudo-TTY", { short: "t" }),
  workdir: string("Working directory inside the container", { short: "w" }),
} satisfies FlagSet;

export const createFlags = { ...limits, ...networking, ...health, ...isolation, ...storage, ...running };

export type CreateFlags = FlagValues<typeof createFlags>;
