import { beforeAll, expect, test } from "bun:test";
import { until } from "../../support/engine.ts";
import { must, throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const ids: Record<string, string> = {};

beforeAll(async () => {
  const slipway = async (...args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();
  ids.first = await slipway(
    "create",
    "--name",
    "first",
    "--label",
    "color=red",
    "--label",
    "bare",
    "busybox",
  );
  await slipway("tag", "busybox", "other:1");
  ids.up = await slipway(
    ...[
      "run",
      "-d",
      "--name",
      "up",
      "--label",
      "color=blue",
      "-v",
      "list-volume:/data",
      "-p",
      "127.0.0.1::80",
    ],
    ...["--expose", "53/udp", "other:1", "sleep", "1000"],
  );
  ids.three = await slipway(
    "run",
    "-d",
    "--name",
    "three",
    "--network",
    "none",
    "busybox",
    "sh",
    "-c",
    "exit 3",
  );
  ids.paused = await slipway(
    "run",
    "-d",
    "--name",
    "paused",
    "--network",
    "host",
    "busybox",
    "sleep",
    "1000",
  );
  ids.healthy = await slipway(
    ...["run", "-d", "--name", "healthy", "--health-cmd", "true", "--health-interval", "100ms"],
    ...["busybox", "sleep", "1000"],
  );
  ids.port = (await slipway("port", "up", "80")).replace(/^.*:/, "");
  await slipway("wait", "three");
  await slipway("pause", "paused");
  await until(
    "it is healthy",
    async () => (await slipway("inspect", "-f", "{{.State.Health.Status}}", "healthy")) === "healthy",
  );
}, 60_000);

throughBoth("ps", fixture, ({ call, ok }) => {
  const names = async (...flags: string[]) =>
    (await ok(["ps", "--format", "{{.Names}}", ...flags])).split("\n").filter((name) => name !== "");

  test("lists what runs, newest first; -a everything; -n and -l the newest", async () => {
    expect(await names()).toEqual(["healthy", "paused", "up"]);
    expect(await names("-a")).toEqual(["healthy", "paused", "three", "up", "first"]);
    expect(await names("-n", "3")).toEqual(["healthy", "paused", "three"]);
    expect(await names("-l")).toEqual(["healthy"]);
  });

  test("prints Docker's table", async () => {
    const [header = "", ...rows] = (await ok(["ps", "-a"])).split("\n");
    expect(header.split(/ {2,}/)).toEqual([
      "CONTAINER ID",
      "IMAGE",
      "COMMAND",
      "CREATED",
      "STATUS",
      "PORTS",
      "NAMES",
    ]);
    expect(rows).toHaveLength(5);
    const cells = rows.find((row) => row.endsWith("three"))?.split(/ {2,}/) ?? [];
    expect(cells).toEqual([
      ids.three?.slice(0, 12) ?? "",
      "busybox",
      "\"sh -c 'exit 3'\"",
      expect.stringMatching(/^(\d+ seconds?|About a minute|Less than a second|\d+ minutes) ago$/),
      expect.stringMatching(/^Exited \(3\) .* ago$/),
      "three",
    ]);
  });

  test("statuses are worded as Docker words them", async () => {
    const output = await ok(["ps", "-a", "--format", "{{.Names}}={{.Status}}"]);
    expect(output).toContain("first=Created");
    expect(output).toMatch(/^up=Up (\d+ seconds?|Less than a second|About a minute|\d+ minutes)$/m);
    expect(output).toMatch(/^three=Exited \(3\) .* ago$/m);
    expect(output).toMatch(/^paused=Up .* \(Paused\)$/m);
    expect(output).toMatch(/^healthy=Up .* \(healthy\)$/m);
  });

  test("-q and --no-trunc", async () => {
    expect(await ok(["ps", "-q", "--filter", "name=^up$"])).toBe(ids.up?.slice(0, 12) ?? "");
    expect(await ok(["ps", "-q", "--no-trunc", "--filter", "name=^/up$"])).toBe(ids.up ?? "");
  });

  test.each([
    ["id", () => [`id=${ids.three?.slice(0, 20)}`], ["three"]],
    ["name, anywhere", () => ["name=ee"], ["three"]],
    ["names, either", () => ["name=^/first$", "name=thr"], ["three", "first"]],
    ["label key", () => ["label=color"], ["up", "first"]],
    ["label with value", () => ["label=color=blue"], ["up"]],
    ["labels, both", () => ["label=color", "label=bare"], ["first"]],
    ["exit code", () => ["exited=3"], ["three"]],
    ["status created", () => ["status=created"], ["first"]],
    ["status running", () => ["status=running"], ["healthy", "up"]],
    ["statuses, either", () => ["status=paused", "status=exited"], ["paused", "three"]],
    ["ancestor", () => ["ancestor=other:1", "name=up"], ["up"]],
    ["ancestor without", () => ["ancestor=nonesuch"], []],
    ["before", () => ["before=three"], ["up", "first"]],
    ["since", () => ["since=three"], ["healthy", "paused"]],
    ["volume name", () => ["volume=list-volume"], ["up"]],
    ["volume target", () => ["volume=/data"], ["up"]],
    ["network", () => ["network=none"], ["three"]],
    ["published port, the host's", () => [`publish=${ids.port}`], ["up"]],
    ["published range", () => [`publish=${ids.port}-${ids.port}/tcp`], ["up"]],
    ["a port that only the container has", () => ["publish=80"], []],
    ["exposed port", () => ["expose=53/udp"], ["up"]],
    ["health", () => ["health=healthy"], ["healthy"]],
    ["no health check", () => ["health=none", "status=running"], ["up"]],
  ])("filters by %s", async (_what, filters, expected) => {
    expect(await names("-a", ...filters().flatMap((filter) => ["--filter", filter]))).toEqual(expected);
  });

  test("refuses filters it does not know and values that cannot be", async () => {
    for (const [filter, words] of [
      ["nonsense=1", "invalid filter"],
      ["status=nonsense", "nonsense"],
      ["exited=many", "many"],
      ["before=nonesuch", "nonesuch"],
    ] as const) {
      const result = await call(["ps", "-a", "--filter", filter]);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(words);
    }
  });

  test("formats: fields, table, json", async () => {
    const row = await ok([
      ...["ps", "-a", "--filter", "name=first", "--format"],
      '{{.ID}}|{{.Image}}|{{.Command}}|{{.State}}|{{.Label "color"}}|{{.Mounts}}|{{.Networks}}|{{.LocalVolumes}}',
    ]);
    expect(row).toBe(`${ids.first?.slice(0, 12)}|busybox|"sh"|created|red||bridge|0`);
    const table = await ok(["ps", "--filter", "name=up", "--format", "table {{.Names}}\t{{.Mounts}}"]);
    expect(table.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["NAMES", "MOUNTS"],
      ["up", "list-volume"],
    ]);
    const json = JSON.parse(await ok(["ps", "--filter", "name=up", "--format", "json"]));
    expect(json).toMatchObject({
      ID: ids.up?.slice(0, 12),
      Image: "other:1",
      Names: "up",
      State: "running",
      Labels: expect.stringContaining("color=blue"),
      Networks: "bridge",
      LocalVolumes: "1",
    });
    expect(json.Ports).toMatch(/^53\/udp, 127\.0\.0\.1:\d+->80\/tcp$/);
    const broken = await call(["ps", "--format", "{{.Nonsense}}"]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain("Nonsense");
  });

  test("-s tells what was written and the whole", async () => {
    await ok(["exec", "up", "sh", "-c", "head -c 5000 /dev/zero > /written"]);
    const size = await ok(["ps", "-s", "--filter", "name=up", "--format", "{{.Size}}"]);
    expect(size).toMatch(/^5kB \(virtual \d+(\.\d+)?MB\)$/);
  });
});
