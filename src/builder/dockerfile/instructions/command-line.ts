import type { Healthcheck } from "../../../oci/image.ts";
import type { Node } from "../parser/index.ts";
import { quote } from "../quote.ts";
import { readDuration } from "./duration.ts";
import { type Flags, readFlags } from "./flags.ts";
import { Misuse } from "./misuse.ts";
import type { Cmd, CommandLine, HealthcheckInstruction, Run, Shell, Written } from "./model.ts";
import { mountFrom } from "./mount.ts";

function commandLine({ args, json, heredocs }: Node): CommandLine {
  return { args: args.map(({ text }) => text), shell: !json, heredocs };
}

export function readRun(written: Written): Run {
  const { node } = written;
  const flags = readFlags(node.flags, { mount: "strings", network: "string", security: "string" });
  const mounts = flags.strings("mount");
  for (const mount of mounts) mountFrom(mount);
  const network = flags.string("network") || "default";
  if (network !== "default" && network !== "none" && network !== "host")
    throw new Misuse(`invalid network mode ${quote(network)}`, flagOf(node, "network"));
  const security = flags.string("security") || "sandbox";
  if (security !== "sandbox" && security !== "insecure")
    throw new Misuse(`security ${quote(security)} is not valid`, flagOf(node, "security"));
  return { ...written, kind: "run", ...commandLine(node), mounts, network, security };
}

const flagOf = (node: Node, name: string) => node.flags.find(({ text }) => text.startsWith(`--${name}`))!;

export function readCmd(written: Written, kind: Cmd["kind"]): Cmd {
  readFlags(written.node.flags, {});
  return { ...written, kind, ...commandLine(written.node) };
}

export function readShell(written: Written): Shell {
  const { node } = written;
  readFlags(node.flags, {});
  if (node.args.length === 0) throw new Misuse("SHELL requires at least one argument");
  if (!node.json) throw new Misuse("SHELL requires the arguments to be in JSON form");
  return { ...written, kind: "shell", shell: node.args.map(({ text }) => text) };
}

export function readHealthcheck(written: Written): HealthcheckInstruction {
  const { node } = written;
  const [type, ...args] = node.args;
  if (type === undefined) throw new Misuse("HEALTHCHECK requires at least one argument");
  if (type.text.toUpperCase() === "NONE") {
    if (args.length > 0) throw new Misuse("HEALTHCHECK NONE takes no arguments", args[0]);
    return { ...written, kind: "healthcheck", check: { Test: ["NONE"] } };
  }
  const flags = readFlags(node.flags, {
    interval: "string",
    timeout: "string",
    "start-period": "string",
    "start-interval": "string",
    retries: "string",
  });
  if (type.text.toUpperCase() !== "CMD")
    throw new Misuse(`Unknown type ${quote(type.text.toUpperCase())} in HEALTHCHECK (try CMD)`, type);
  if (args.length === 0) throw new Misuse("Missing command after HEALTHCHECK CMD");
  const test = [node.json ? "CMD" : "CMD-SHELL", ...args.map(({ text }) => text)];
  return { ...written, kind: "healthcheck", check: { Test: test, ...timing(flags) } };
}

/** Members that are zero are left out, as Docker's JSON has it. */
function timing(flags: Flags): Omit<Healthcheck, "Test"> {
  const members = {
    Interval: readDuration(flags.string("interval"), "interval"),
    Timeout: readDuration(flags.string("timeout"), "timeout"),
    StartPeriod: readDuration(flags.string("start-period"), "start-period"),
    StartInterval: readDuration(flags.string("start-interval"), "start-interval"),
    Retries: readRetries(flags.string("retries")),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== 0));
}

function readRetries(text: string): number {
  if (text === "") return 0;
  if (!/^[+-]?\d+$/.test(text)) throw new Misuse(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  const retries = Number(text);
  if (retries < 0) throw new Misuse(`--retries cannot be negative (${retries})`);
  return retries;
}
