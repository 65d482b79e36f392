import { existsSync, writeFileSync } from "node:fs";
import { command } from "./engine.ts";
import { must } from "./suite.ts";

const registered = "/proc/sys/fs/binfmt_misc";
/** LoongArch: nobody's tests run on it. (elf.h, e_machine) */
const machine = 258;

/**
 * Makes the kernel run programs of an architecture by an emulator of busybox's: what is called like one of its commands does what
 * that does. (Documentation/admin-guide/binfmt-misc.rst)
 */
export class Emulator implements Disposable {
  static readonly platform = "linux/loong64";
  readonly #entry = `slipway-test-${process.pid}`;

  private constructor() {
    const begin = `\\x7fELF${"\\x02\\x01\\x01"}${"\\x00".repeat(9)}\\x02\\x00\\x02\\x01`;
    writeFileSync(`${registered}/register`, `:${this.#entry}:M::${begin}::/bin/busybox:F`);
  }

  /**
   * Mounts what emulators are registered in, if it is not. To be called before the engine starts, which may have mounts of its own then.
   * False where the kernel has no such thing: the tests that need it say so.
   */
  static async mount(): Promise<boolean> {
    if (existsSync(`${registered}/register`)) return true;
    const { code, stderr } = await command(["mount", "-t", "binfmt_misc", "binfmt_misc", registered]);
    if (code !== 0) console.warn(`no emulator: ${stderr.trim()}`);
    return code === 0;
  }

  static async register(): Promise<Emulator> {
    must(await command(["test", "-x", "/bin/busybox"]));
    return new Emulator();
  }

  /** A program for the architecture, of which only the name counts. */
  static program(): Uint8Array {
    const header = Buffer.alloc(64);
    header.write("\x7fELF\x02\x01\x01", "latin1");
    header.writeUInt16LE(2, 16);
    header.writeUInt16LE(machine, 18);
    return header;
  }

  [Symbol.dispose](): void {
    writeFileSync(`${registered}/${this.#entry}`, "-1");
  }
}
