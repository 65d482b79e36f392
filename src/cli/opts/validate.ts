/* Checks of single values, as docker makes them before it asks the engine. */

import { wrong } from "../local-error.ts";
import { cut } from "./csv.ts";
import { isIP } from "./ip.ts";

export function validateIp(text: string): string {
  const trimmed = text.trim();
  if (isIP(trimmed) === 0) throw wrong(`${text} is not an ip address`);
  return trimmed;
}

/** `host:ip` or `host=ip`, rewritten with a colon. `host-gateway` stands for the host's own address. */
export function validateExtraHost(text: string): string {
  const [name, address] = text.includes("=") ? cut(text, "=") : cut(text, ":");
  if (address === undefined || name === "") throw wrong(`bad format for add-host: ${JSON.stringify(text)}`);
  if (address === "host-gateway") return `${name}:${address}`;
  const bare = /^\[.*\]$/.test(address) ? address.slice(1, -1) : address;
  if (isIP(bare) === 0) throw wrong(`invalid IP address in add-host: ${JSON.stringify(address)}`);
  return `${name}:${bare}`;
}

export function validateDnsSearch(text: string): string {
  const trimmed = text.trim();
  if (trimmed === ".") return trimmed;
  const label =
    /^(:?(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))(:?\.(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])))*)\.?$/;
  const match = label.exec(trimmed);
  if (!/[a-zA-Z]/.test(trimmed) || match === null || trimmed.length >= 255)
    throw wrong(`${text} is not a valid domain`);
  return match[1]!;
}

/** `name` or `name:alias`, rewritten with both. */
export function validateLink(text: string): string {
  const parts = text.split(":");
  if (text === "") throw wrong("empty string specified for links");
  if (parts.length > 2) throw wrong(`bad format for links: ${text}`);
  return text;
}

export function validateAttach(text: string): string {
  const stream = text.toLowerCase();
  if (!["stdin", "stdout", "stderr"].includes(stream))
    throw wrong("valid streams are STDIN, STDOUT and STDERR");
  return stream;
}

export function validateDeviceCgroupRule(text: string): string {
  if (!/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(text)) {
    throw wrong(`invalid device cgroup format '${text}'`);
  }
  return text;
}

export function validateEnv(text: string): string {
  const [name, value] = cut(text, "=");
  if (name === "") throw wrong(`invalid environment variable: ${text}`);
  if (value !== undefined) return text;
  // A bare name takes the value from here; the engine removes one that it gets without a value.
  const own = process.env[name];
  return own === undefined ? text : `${name}=${own}`;
}

export function validateLabel(text: string): string {
  const key = cut(text, "=")[0].trimStart();
  if (key === "") throw wrong(`invalid label '${text}': empty name`);
  if (/\s/.test(key)) throw wrong(`label '${key}' contains whitespaces`);
  return text;
}

export function validateMac(text: string): string {
  const trimmed = text.trim();
  if (!/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(trimmed)) {
    throw wrong(`${text} is not a valid mac address`);
  }
  return trimmed;
}
