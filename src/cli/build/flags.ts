import type { FlagSet, FlagValues } from "../flags/flag.ts";
import { bool, custom, each, integer, list, string, strings } from "../flags/kinds.ts";
import { parseBytes, parseSwapBytes } from "../opts/size.ts";
import { parseUlimit } from "../opts/ulimit.ts";
import { validateExtraHost } from "../opts/validate.ts";
import { parseAttest, parseAttestation } from "./attest.ts";
import { parseCacheOption } from "./cache-option.ts";
import { checkAnnotation, checkTag } from "./names.ts";
import { parseOutput } from "./output.ts";

const limits = {
  "cgroup-parent": string('Set the parent cgroup for the "RUN" instructions during build'),
  "cpu-period": integer("Limit the CPU CFS (Completely Fair Scheduler) period"),
  "cpu-quota": integer("Limit the CPU CFS (Completely Fair Scheduler) quota"),
  "cpu-shares": integer("CPU shares (relative weight)", { short: "c" }),
  "cpuset-cpus": string("CPUs in which to allow execution (0-3, 0,1)"),
  "cpuset-mems": string("MEMs in which to allow execution (0-3, 0,1)"),
  memory: custom("Memory limit", "bytes", parseBytes, { short: "m" }),
  "memory-swap": custom(
    "Swap limit equal to memory plus swap: -1 to enable unlimited swap",
    "bytes",
    parseSwapBytes,
  ),
  "security-opt": strings("Security options"),
  "shm-size": custom("Shared memory size for build containers", "bytes", parseBytes),
  ulimit: each("Ulimit options", parseUlimit, { placeholder: "ulimit", shownDefault: "[]" }),
  volume: list("Bind mount a directory of the engine's host into each RUN", { short: "v" }),
} satisfies FlagSet;

const outputs = {
  annotation: list("Add annotation to the image", { placeholder: "stringArray", check: checkAnnotation }),
  iidfile: string("Write the image ID to a file"),
  label: list("Set metadata for an image", { placeholder: "stringArray" }),
  load: bool('Shorthand for "--output=type=docker"'),
  "metadata-file": string("Write build result metadata to a file"),
  output: each('Output destination (format: "type=local,dest=path")', parseOutput, {
    short: "o",
    placeholder: "stringArray",
  }),
  push: bool('Shorthand for "--output=type=registry"'),
  squash: bool("Squash newly built layers into a single new layer"),
  tag: list('Image identifier (format: "[TARGET=][registry/]repository[:tag]")', {
    short: "t",
    placeholder: "stringArray",
    check: checkTag,
  }),
} satisfies FlagSet;

const others = {
  "add-host": list('Add a custom host-to-IP mapping (format: "host:ip")', { check: validateExtraHost }),
  allow: list('Allow extra privileged entitlement (e.g., "network.host", "security.insecure")', {
    placeholder: "stringArray",
  }),
  attest: each('Attestation parameters (format: "type=sbom,disabled=true")', parseAttest, {
    placeholder: "stringArray",
    hidden: true,
  }),
  "build-arg": list("Set build-time variables", { placeholder: "stringArray" }),
  "build-context": list("Additional build contexts (e.g., name=path)", { placeholder: "stringArray" }),
  builder: string("Override the configured builder instance", { hidden: true }),
  "cache-from": each(
    'External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")',
    parseCacheOption,
    {
      placeholder: "stringArray",
    },
  ),
  "cache-to": each(
    'Cache export destinations (e.g., "user/app:cache", "type=local,dest=path/to/dir")',
    parseCacheOption,
    {
      placeholder: "stringArray",
    },
  ),
  call: string('Set method for evaluating build ("check", "outline", "targets")', { initial: "build" }),
  check: bool('Shorthand for "--call=check"'),
  compress: bool("Compress the build context using gzip", { hidden: true }),
  debug: bool("When a step fails, open a shell in its root file system", { short: "D" }),
  file: string('Name of the Dockerfile (default: "PATH/Dockerfile")', { short: "f" }),
  "force-rm": bool("Always remove intermediate containers", { hidden: true }),
  isolation: string("Container isolation technology", { hidden: true }),
  network: string('Set the networking mode for the "RUN" instructions during build', { initial: "default" }),
  "no-cache": bool("Do not use cache when building the image"),
  "no-cache-filter": strings("Do not cache specified stages"),
  platform: strings("Set target platform for build"),
  progress: string('Set type of progress output ("auto", "quiet", "plain", "tty", "rawjson")', {
    initial: "auto",
  }),
  provenance: custom('Shorthand for "--attest=type=provenance"', "string", parseAttestation, {
    hidden: true,
  }),
  pull: bool("Always attempt to pull all referenced images"),
  quiet: bool("Suppress the build output and print image ID on success", { short: "q" }),
  rm: bool("Remove intermediate containers after a successful build", { hidden: true, on: true }),
  sbom: custom('Shorthand for "--attest=type=sbom"', "string", parseAttestation, { hidden: true }),
  secret: list('Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")', {
    placeholder: "stringArray",
  }),
  ssh: list(
    'SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")',
    {
      placeholder: "stringArray",
    },
  ),
  target: strings("Set the target build stages to build"),
} satisfies FlagSet;

/** What `build` takes: docker's and buildx's options. */
export const buildFlags = { ...limits, ...outputs, ...others };

export type BuildFlags = FlagValues<typeof buildFlags>;
