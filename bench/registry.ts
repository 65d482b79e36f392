import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Debian's docker-registry on loopback, which every engine may use without TLS. */
export async function startRegistry(): Promise<{ host: string; stop(): Promise<void> }> {
  const root = mkdtempSync("/tmp/registry-bench-");
  const host = "127.0.0.1:5871";
  const configuration = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(root, "data") } },
    http: { addr: host },
  };
  writeFileSync(join(root, "config.yml"), JSON.stringify(configuration));
  const log = Bun.file(join(root, "log"));
  const registry = Bun.spawn(["docker-registry", "serve", join(root, "config.yml")], {
    stdio: ["ignore", log, log],
  });
  const answers = () =>
    fetch(`http://${host}/v2/`).then(
      (response) => response.ok,
      () => false,
    );
  while (!(await answers())) {
    if (registry.exitCode !== null) throw new Error("the registry ended");
    await Bun.sleep(50);
  }
  return {
    host,
    async stop() {
      registry.kill();
      await registry.exited;
      rmSync(root, { recursive: true, force: true });
    },
  };
}
