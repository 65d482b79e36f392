import { command, until } from "./engine.ts";
import { Folder } from "./folder.ts";

/** A file system in user space with an empty root: answers what asks for that, and ENOENT or ENOSYS to the rest. */
const server = `
import ctypes, os, struct, sys
fd = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
data = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
if libc.mount(b"slipway-hanging", sys.argv[1].encode(), b"fuse", 0, data): sys.exit(os.strerror(ctypes.get_errno()))
print("mounted", flush=True)
INIT, LOOKUP, GETATTR, FORGET = 26, 1, 3, 2
while True:
    request = os.read(fd, 1 << 20)
    _, opcode, unique = struct.unpack_from("<IIQ", request)
    error, body = -38, b""
    if opcode == FORGET: continue
    if opcode == LOOKUP: error = -2
    if opcode == INIT: error, body = 0, struct.pack("<IIIIHHII", 7, 31, 65536, 0, 12, 10, 65536, 1).ljust(64, b"\\0")
    if opcode == GETATTR:
        error, body = 0, struct.pack("<QII", 0, 0, 0) + struct.pack("<6Q10I", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)
    os.write(fd, struct.pack("<IiQ", 16 + len(body), error, unique) + body)
`;

/** A mounted folder whose server can stop answering, as one does that a network has lost. */
export class HangingFolder implements AsyncDisposable {
  private constructor(
    private readonly folder: Folder,
    private readonly process: Bun.Subprocess,
  ) {}

  static async mount(): Promise<HangingFolder> {
    const folder = new Folder();
    const process = Bun.spawn(["python3", "-c", server, folder.path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await until("it is mounted", async () => (await command(["mountpoint", "-q", folder.path])).code === 0);
    return new HangingFolder(folder, process);
  }

  get path(): string {
    return this.folder.path;
  }

  /** From now on nobody gets an answer. */
  hang(): void {
    this.process.kill("SIGSTOP");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever waits for it gets an error with its end.
    this.process.kill("SIGKILL");
    await this.process.exited;
    await command(["umount", "-l", this.path]);
    this.folder[Symbol.dispose]();
  }
}
