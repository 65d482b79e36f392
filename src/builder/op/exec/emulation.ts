import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unavailable } from "../../../errors/index.ts";
import { hostCpu } from "../../../oci/host-cpu.ts";
import { formatPlatform, type Platform } from "../../../oci/platform.ts";
import { ifThere } from "../../../os/if-there.ts";

const registered = "/proc/sys/fs/binfmt_misc";

/** Of ELF headers, as binfmt_misc's magic has it: the machine's number (elf.h, e_machine), by Go's names of architectures. */
const machines: Readonly<Record<string, number>> = {
  "386": 3,
  mips: 8,
  ppc64le: 21,
  s390x: 22,
  arm: 40,
  amd64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
};

/** Programs that this host runs although its processor is another one. */
const alsoRuns: Readonly<Record<string, readonly string[]>> = { amd64: ["386"], arm64: ["arm"] };

/** `unavailable` where nothing on this host runs the programs of a platform. */
export function requireRunnable(platform: Platform): void {
  const { architecture } = hostCpu();
  if (platform.architecture === architecture || alsoRuns[architecture]?.includes(platform.architecture))
    return;
  const machine = machines[platform.architecture];
  if (machine !== undefined && isEmulated(machine)) return;
  throw unavailable(
    `cannot run programs for ${formatPlatform(platform)} on this host: register an emulator (apt-get install qemu-user-static binfmt-support)`,
  );
}

/** Whether an enabled entry of binfmt_misc takes the machine's programs (Documentation/admin-guide/binfmt-misc.rst). */
function isEmulated(machine: number): boolean {
  if (!existsSync(registered)) return false;
  return readdirSync(registered)
    .filter((name) => name !== "register" && name !== "status")
    .map(entryOf)
    .some((text) => text.startsWith("enabled") && machineOf(text) === machine);
}

/** Empty for one that somebody takes away meanwhile. */
function entryOf(name: string): string {
  return ifThere(() => readFileSync(join(registered, name), "utf8")) ?? "";
}

/** The machine in a header's bytes 18 and 19, in the byte order that byte 5 says. */
function machineOf(entry: string): number | undefined {
  const magic = Buffer.from(/^magic ([0-9a-f]+)$/m.exec(entry)?.[1] ?? "", "hex");
  if (magic.length < 20 || magic.toString("latin1", 0, 4) !== "\x7fELF") return undefined;
  return magic[5] === 2 ? magic.readUInt16BE(18) : magic.readUInt16LE(18);
}
