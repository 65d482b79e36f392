import { expect, test } from "bun:test";
import { Connection } from "../../support/connection.ts";
import { created, running, sleeping } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("stats", fixture, (line) => {
  const { call, ok } = line;

  test("--no-stream prints one row a container, in Docker's columns", async () => {
    await using container = await sleeping(line, "--memory", "64m");
    const [header = "", row = ""] = (await ok(["stats", "--no-stream", container.name])).split("\n");
    expect(header.split(/ {2,}/).map((cell) => cell.trim())).toEqual([
      "CONTAINER ID",
      "NAME",
      "CPU %",
      "MEM USAGE / LIMIT",
      "MEM %",
      "NET I/O",
      "BLOCK I/O",
      "PIDS",
    ]);
    const cells = row.trim().split(/ {2,}/);
    expect(cells[1]).toBe(container.name);
    expect(cells[3]).toMatch(/^[\d.]+(Ki|Mi)?B \/ 64MiB$/);
    expect(cells[7]).toBe("1");
  });

  test("formats", async () => {
    await using container = await sleeping(line);
    const format = "{{.Name}}|{{.CPUPerc}}|{{.MemPerc}}|{{.PIDs}}";
    expect(await ok(["stats", "--no-stream", "--format", format, container.name])).toMatch(
      new RegExp(`^${container.name}\\|\\d+\\.\\d\\d%\\|\\d+\\.\\d\\d%\\|1$`),
    );
    const json = JSON.parse(await ok(["stats", "--no-stream", "--format", "json", container.name]));
    expect(json).toMatchObject({ Name: container.name, PIDs: "1" });
  });

  test("a busy container is seen to be busy", async () => {
    await using container = await running(line, "while :; do :; done", "--cpus", "0.5");
    const percent = async () =>
      Number.parseFloat(await ok(["stats", "--no-stream", "--format", "{{.CPUPerc}}", container.name]));
    await until("half a processor is used", async () => {
      const value = await percent();
      return value > 25 && value < 75;
    });
  });

  test("a missing container is an error", async () => {
    const result = await call(["stats", "--no-stream", "nonesuch"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("No such container: nonesuch");
  });
});

throughBoth("top", fixture, (line) => {
  const { call, ok } = line;

  test("lists the container's processes with the host's pids", async () => {
    await using container = await running(line, "sleep 1001 & exec sleep 1002");
    await until("both run", async () => (await ok(["top", container.name])).split("\n").length === 3);
    const [header = "", ...rows] = (await ok(["top", container.name])).split("\n");
    expect(header.trim().split(/\s+/)).toEqual(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]);
    const pid = await container.inspect("{{.State.Pid}}");
    expect(rows.find((row) => row.endsWith("sleep 1002"))?.split(/\s+/)[1]).toBe(pid);
    expect(rows.find((row) => row.endsWith("sleep 1001"))?.split(/\s+/)[2]).toBe(pid);
  });

  test("takes ps's options", async () => {
    await using container = await sleeping(line);
    const output = (await ok(["top", container.name, "-o", "pid,args"])).split("\n");
    expect(output[0]?.trim().split(/\s+/)).toEqual(["PID", "COMMAND"]);
    expect(output[1]).toMatch(/^\d+\s+sleep 1000$/);
    expect((await call(["top", container.name, "--nonsense-option"])).code).toBe(1);
  });

  test("refuses what does not run", async () => {
    await using container = await created(line, "true");
    const result = await call(["top", container.name]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("is not running");
  });
});

interface Stats {
  name: string;
  id: string;
  read: string;
  preread: string;
  pids_stats: { current: number };
  cpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage: number; online_cpus: number };
  precpu_stats: { cpu_usage: { total_usage: number }; system_cpu_usage?: number };
  memory_stats: { usage: number; limit: number; stats: Record<string, number> };
  networks: Record<string, { rx_bytes: number; tx_bytes: number }>;
}

test("the API's samples hold the kernel's numbers, one a second, each with the one before", async () => {
  const { engine } = fixture;
  const id = (await engine.slipway(["run", "-d", "-m", "64m", "busybox", "sleep", "1000"])).stdout.trim();
  using connection = new Connection(engine.socket);
  connection.request("GET", `/containers/${id}/stats?stream=1`);
  expect((await connection.head()).status).toBe(200);
  const sample = async (): Promise<Stats> => {
    for (;;) {
      const text = (await connection.until("\n")).trim();
      if (text.startsWith("{")) return JSON.parse(text);
    }
  };
  const first = await sample();
  const second = await sample();
  expect(first.id).toBe(id);
  expect(first.pids_stats.current).toBe(1);
  expect(first.memory_stats.limit).toBe(64 * 1024 * 1024);
  expect(first.memory_stats.usage).toBeGreaterThan(0);
  expect(first.networks.eth0).toBeDefined();
  expect(second.preread).toBe(first.read);
  expect(second.precpu_stats.cpu_usage.total_usage).toBe(first.cpu_stats.cpu_usage.total_usage);
  expect(second.cpu_stats.system_cpu_usage).toBeGreaterThan(first.cpu_stats.system_cpu_usage);
  expect(second.cpu_stats.online_cpus).toBe(navigator.hardwareConcurrency);
  const gap = Date.parse(second.read) - Date.parse(first.read);
  expect(gap).toBeGreaterThan(800);
  expect(gap).toBeLessThan(2500);
  const oneShot = (await (await engine.fetch(`/containers/${id}/stats?stream=0&one-shot=1`)).json()) as Stats;
  expect(oneShot.preread).toBe("0001-01-01T00:00:00Z");
  await engine.slipway(["rm", "-f", id]);
});

test("a container that does not run has a sample of zeros", async () => {
  const { engine } = fixture;
  const id = (await engine.slipway(["create", "busybox"])).stdout.trim();
  const stats = (await (await engine.fetch(`/containers/${id}/stats?stream=0`)).json()) as Stats;
  expect(stats.read).toBe("0001-01-01T00:00:00Z");
  expect(stats.cpu_stats.cpu_usage.total_usage).toBe(0);
  await engine.slipway(["rm", id]);
});
