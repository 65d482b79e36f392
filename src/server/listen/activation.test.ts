import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const engine = `
import { startServer } from "${join(import.meta.dir, "../index.ts")}";
import { TestBackend } from "${join(import.meta.dir, "../testing/backend.ts")}";
process.env.LISTEN_PID = String(process.pid);
process.env.LISTEN_FDS = "1";
await startServer({ backend: new TestBackend(), hosts: ["fd://"], log: () => {} });
`;

/** What systemd does: it listens, and the engine inherits the socket as descriptor 3. */
const systemd = `
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(8)
print("listening", flush=True)
os.dup2(listener.fileno(), 3) if listener.fileno() != 3 else os.set_inheritable(3, True)
os.execv(sys.argv[2], [sys.argv[2], sys.argv[3]])
`;

test("connections to a socket that systemd listens on are served", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-activation-test-"));
  const path = join(directory, "api.sock");
  const script = join(directory, "engine.ts");
  await Bun.write(script, engine);
  const child = Bun.spawn(["python3", "-c", systemd, path, process.execPath, script], {
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    await child.stdout.getReader().read();
    // The socket is there before the engine: the connection waits for it.
    expect(await (await fetch("http://x/_ping", { unix: path })).text()).toBe("OK");
    const upload = await fetch("http://x/images/load", {
      unix: path,
      method: "POST",
      body: new Uint8Array(8 << 20),
    });
    expect(await upload.text()).toContain("Loaded image");
  } finally {
    child.kill("SIGKILL");
    await child.exited;
    rmSync(directory, { recursive: true, force: true });
  }
}, 30_000);
