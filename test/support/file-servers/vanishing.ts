import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { running, sleeping } from "../containers.ts";
import { until } from "../engine.ts";
import type { Line } from "../suite.ts";
import { uniqueName } from "../suite.ts";
import type { FileServer } from "./server.ts";

export const optionFlags = (options: Record<string, string>) =>
  Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);

/** What must hold for each kind of server. */
export function remoteVolumeTests(
  line: Line,
  server: () => FileServer,
  isMounted: (name: string) => boolean,
) {
  const { call, ok } = line;
  const make = () => ok(["volume", "create", ...optionFlags(server().options), uniqueName("remote")]);
  const serve = (name: string, text: string) => writeFileSync(join(server().directory, name), text);

  test("its files are on the server, mounted with the first container until the last one's end", async () => {
    serve("file", "served\n");
    const name = await make();
    expect(isMounted(name)).toBe(false);
    await using one = await sleeping(line, "-v", `${name}:/data`);
    await using two = await sleeping(line, "-v", `${name}:/data:ro`);
    await one.exec("echo new > /data/written");
    expect((await two.exec("cat /data/file /data/written; touch /data/x")).stdout).toBe("served\nnew\n");
    await ok(["rm", "-f", one.name]);
    expect(isMounted(name)).toBe(true);
    await ok(["rm", "-f", two.name]);
    expect(isMounted(name)).toBe(false);
    expect((await call(["volume", "rm", name])).code).toBe(0);
    const again = await make();
    const read = ["run", "--rm", "-v", `${again}:/data:nocopy`, "busybox", "cat", "/data/written"];
    expect(await ok(read)).toBe("new");
    await ok(["volume", "rm", again]);
  });

  test("with a server that falls silent the engine answers, and its containers can be removed", async () => {
    serve("file", "served\n");
    const name = await make();
    await using reader = await running(line, "while :; do cat /data/file; done", "-v", `${name}:/data`);
    await using other = await sleeping(line);
    await until("the reader reads", async () => (await ok(["logs", "-n", "1", reader.name])) === "served");
    await server().freeze();
    try {
      const late = uniqueName("late");
      const starting = call(["run", "--name", late, "-v", `${name}:/data`, "busybox", "true"]);
      const looks = [
        ...[
          ["ps", "-a"],
          ["inspect", reader.name],
          ["volume", "ls"],
          ["volume", "inspect", name],
        ],
        ...[
          ["system", "df", "-v"],
          ["top", reader.name],
          ["exec", other.name, "true"],
        ],
        ["run", "--rm", "busybox", "true"],
      ];
      for (const look of looks) await ok(look, { timeout: 8_000 });
      const { code, stderr } = await starting;
      expect(code).not.toBe(0);
      expect(stderr).toContain("no answer within 10 seconds");
      await ok(["rm", late]);
      await ok(["rm", "-f", reader.name], { timeout: 9_000 });
      expect(isMounted(name)).toBe(false);
      await ok(["volume", "rm", name], { timeout: 9_000 });
    } finally {
      await server().thaw();
    }
  }, 60_000);
}
