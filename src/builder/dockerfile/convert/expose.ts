import { isIP } from "node:net";
import type { Words } from "../instructions/index.ts";
import { quote } from "../quote.ts";
import type { Step } from "./step.ts";

/** Ports and ranges of them: `80`, `8000-8010/udp`. Addresses and host ports of `run -p` are read, and are of no effect. */
export function convertExpose(step: Step<Words>): void {
  const texts = step.command.words.flatMap((word) => step.words(word));
  const ports = texts.flatMap((text) => readPorts(step, text));
  const added = Object.fromEntries(ports.map((port) => [port, {}]));
  step.image.config.ExposedPorts = { ...step.image.config.ExposedPorts, ...added };
  step.record(`EXPOSE [${ports.join(" ")}]`);
}

function readPorts(step: Step, text: string): string[] {
  const parts = text.split(":");
  const [range = "", protocol = "", ...more] = (parts.pop() ?? "").split("/");
  const host = parts.pop() ?? "";
  const address = parts.join(":").replace(/^\[(.*)\]$/, "$1");
  if (range === "") step.fail(`invalid port: ${quote(text)}: no port specified`);
  if (!["", "tcp", "udp", "sctp"].includes(protocol.toLowerCase()) || more.length > 0)
    step.fail(`invalid port: ${quote(text)}: invalid proto: ${[protocol, ...more].join("/")}`);
  lint(step, text, protocol, host !== "" || address !== "");
  if (address !== "" && isIP(address) === 0) step.fail(`invalid IP address: ${address}`);
  const inside = readRange(range);
  if (inside === undefined) return step.fail(`invalid containerPort: ${range}`);
  if (host !== "") checkHost(step, host, range, inside);
  const [first, last] = inside;
  const name = protocol.toLowerCase() || "tcp";
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${name}`);
}

function lint(step: Step, text: string, protocol: string, mapped: boolean): void {
  if (protocol !== protocol.toLowerCase())
    step.report("ExposeProtoCasing", `Defined protocol '${text}' in EXPOSE instruction should be lowercase`);
  const what = "EXPOSE instruction should not define an IP address or host-port mapping";
  if (mapped) step.report("ExposeInvalidFormat", `${what}, found '${text}'`);
}

function checkHost(step: Step, host: string, range: string, [first, last]: [number, number]): void {
  const outside = readRange(host) ?? step.fail(`invalid hostPort: ${host}`);
  if (last !== first && last - first !== outside[1] - outside[0])
    step.fail(`invalid ranges specified for container and host Ports: ${range} and ${host}`);
}

/** First and last port; undefined for what is no range. */
function readRange(text: string): [number, number] | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = Number(match?.[1] ?? Number.NaN);
  const last = Number(match?.[2] ?? first);
  return first <= last && last <= 65535 ? [first, last] : undefined;
}
