import { dlopen, type Library, ptr } from "bun:ffi";

/** Of OpenSSL 3 and 1.1; both have the functions of sha.h and its struct SHA256_CTX. */
const libraries = ["libcrypto.so.3", "libcrypto.so.1.1"];
const symbols = {
  SHA256_Init: { args: ["ptr"], returns: "i32" },
  SHA256_Update: { args: ["ptr", "ptr", "u64"], returns: "i32" },
  SHA256_Final: { args: ["ptr", "ptr"], returns: "i32" },
} as const;

/** A struct SHA256_CTX: eight words of the state, the count of bits in two, a block, how much of it is used, the digest's length. */
const contextBytes = 112;
/** The state and the count. */
const stateBytes = 40;
/** The state at the beginning, of FIPS 180-4, section 5.3.3. */
const beginning = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19, 0, 0,
];
export const sha256BlockBytes = 64;

/**
 * SHA-256 that can be stopped and gone on with, by another process, too: with OpenSSL's libcrypto, where the host has it. Open
 * it before a chroot.
 */
export class ResumableSha256 {
  readonly #context = new Uint8Array(contextBytes);

  private constructor(private readonly library: Library<typeof symbols>["symbols"]) {
    library.SHA256_Init(ptr(this.#context));
  }

  /** Undefined where there is no library that works as described. */
  static open(): ResumableSha256 | undefined {
    for (const name of libraries) {
      let library: Library<typeof symbols>["symbols"];
      try {
        library = dlopen(name, symbols).symbols;
      } catch {
        // Not there, or without these functions.
        continue;
      }
      const opened = new ResumableSha256(library);
      const words = new Uint32Array(opened.#context.buffer, 0, beginning.length);
      if (beginning.every((word, at) => words[at] === word)) return opened;
    }
    return undefined;
  }

  update(bytes: Uint8Array): void {
    if (bytes.length > 0) this.library.SHA256_Update(ptr(this.#context), ptr(bytes), bytes.length);
  }

  /** Hexadecimal; to be asked for after whole blocks of 64 bytes. */
  get state(): string {
    return this.#context.subarray(0, stateBytes).toHex();
  }

  /** Goes on from there. */
  set state(state: string) {
    this.library.SHA256_Init(ptr(this.#context));
    this.#context.set(Uint8Array.fromHex(state));
  }

  /** Hexadecimal. Nothing can be done with it afterwards. */
  digest(): string {
    const digest = new Uint8Array(32);
    this.library.SHA256_Final(ptr(digest), ptr(this.#context));
    return digest.toHex();
  }
}
