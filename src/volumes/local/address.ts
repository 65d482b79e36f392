import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { messageOf, systemError } from "../../errors/index.ts";
import { abortable } from "../../os/abortable.ts";
import { patience } from "../limited.ts";

const remote = new Set(["nfs", "nfs4", "cifs"]);

/**
 * The device and options of a mount with names in place of addresses resolved, which the kernel does not do: `addr=` of
 * nfs and cifs, and else the host of cifs' device.
 */
export async function resolveAddresses(
  mount: { type: string; device: string; options: string[] },
  signal: AbortSignal,
): Promise<{ device: string; options: string[] }> {
  const { type, device, options } = mount;
  if (!remote.has(type)) return { device, options };
  const index = options.findIndex((option) => option.startsWith("addr="));
  if (index >= 0) {
    const address = await resolve(options[index]?.slice("addr=".length) ?? "", signal);
    return { device, options: options.with(index, `addr=${address}`) };
  }
  const [, host, path] = /^\/\/([^/]+)(\/.*)?$/.exec(device) ?? [];
  if (type !== "cifs" || host === undefined) return { device, options };
  return { device: `//${await resolve(host, signal)}${path ?? ""}`, options };
}

async function resolve(name: string, signal: AbortSignal): Promise<string> {
  if (isIP(name) !== 0) return name;
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    return (await abortable(lookup(name, { order: "ipv4first" }), either)).address;
  } catch (cause) {
    throw systemError(
      `error resolving passed in network volume address: lookup ${name}: ${messageOf(cause)}`,
      { cause },
    );
  }
}
