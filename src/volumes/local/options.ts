import { invalid } from "../../errors/index.ts";

const known = new Set(["type", "o", "device", "size"]);
const required: readonly (readonly [option: string, needs: readonly string[]])[] = [
  ["device", ["type"]],
  ["type", ["device"]],
  ["o", ["device", "type"]],
];

/** Refuses what the local driver cannot make of a volume's options. Docker's rules and words. */
export function checkOptions(options: Readonly<Record<string, string>>): void {
  for (const option of Object.keys(options)) {
    if (!known.has(option)) throw invalid(`invalid option: ${JSON.stringify(option)}`);
  }
  const { type, device } = options;
  if (type === "cifs" && device && hasPort(device))
    throw invalid("port not allowed in CIFS device URL, include 'port' in 'o='");
  if (options.size !== undefined) checkSize(options.size);
  for (const [option, needs] of required) {
    if (options[option] === undefined) continue;
    const missing = needs.find((need) => options[need] === undefined);
    if (missing !== undefined) throw invalid(`missing required option: ${JSON.stringify(missing)}`);
  }
}

/** Project quotas are not set by this engine: better no volume than one without the limit that was asked for. */
function checkSize(size: string): void {
  if (!/^\d+(\.\d+)? ?[kmgtp]?i?b?$/i.test(size)) throw invalid(`invalid size: '${size}'`);
  if (Number.parseFloat(size) > 0) {
    throw invalid(
      "quota size requested but no quota support: limit a volume with type=tmpfs and o=size=…, or by a file system of its own",
    );
  }
}

const hasPort = (device: string): boolean => /^\/\/[^/]*:\d+(\/|$)/.test(device);

const restrictions = new Set([
  "ro",
  "nosuid",
  "nodev",
  "noexec",
  "nosymfollow",
  "noatime",
  "nodiratime",
  "strictatime",
]);

/** What a volume's options forbid to whoever uses it: a runtime that binds it elsewhere must be told again. */
export const restrictionsOf = ({ o = "" }: Readonly<Record<string, string>>): string[] =>
  o.split(",").filter((word) => restrictions.has(word));

/** Whether a volume is a file system to mount, not merely a directory. */
export function needsMount({ type, device }: Readonly<Record<string, string>>): boolean {
  return Boolean(type) || Boolean(device);
}
