import { invalid } from "../../errors/index.ts";
import type { Healthcheck } from "../../oci/image.ts";

const nanoseconds: Readonly<Record<string, number>> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, us: 1e3, ns: 1 };
const durations: Readonly<Record<string, "Interval" | "Timeout" | "StartPeriod" | "StartInterval">> = {
  interval: "Interval",
  timeout: "Timeout",
  "start-period": "StartPeriod",
  "start-interval": "StartInterval",
};

/** The arguments of a HEALTHCHECK instruction: `NONE`, or options and `CMD` with a command. */
export function healthcheckOf(rest: string): Healthcheck {
  if (/^none$/i.test(rest)) return { Test: ["NONE"] };
  const check: Healthcheck = {};
  let text = rest;
  for (
    let option = /^--([a-z-]+)=(\S+)\s+/.exec(text);
    option !== null;
    option = /^--([a-z-]+)=(\S+)\s+/.exec(text)
  ) {
    const [whole, name = "", value = ""] = option;
    const member = durations[name];
    if (member !== undefined) check[member] = parseDuration(value);
    else if (name === "retries" && /^\d+$/.test(value)) check.Retries = Number(value);
    else throw invalid(`HEALTHCHECK: unknown or malformed option ${whole.trim()}`);
    text = text.slice(whole.length);
  }
  const command = /^cmd\s+(.+)$/is.exec(text)?.[1];
  if (command === undefined)
    throw invalid(`Unknown type "${text.split(" ", 1)[0]}" in HEALTHCHECK (try CMD)`);
  const words: unknown = command.startsWith("[") ? JSON.parse(command) : undefined;
  check.Test = Array.isArray(words) ? ["CMD", ...words.map(String)] : ["CMD-SHELL", command];
  return check;
}

function parseDuration(text: string): number {
  if (!/^(\d+(\.\d+)?(h|m|s|ms|us|ns))+$/.test(text)) throw invalid(`invalid duration "${text}"`);
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)/g);
  return [...parts].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (nanoseconds[unit as string] ?? 0),
    0,
  );
}
