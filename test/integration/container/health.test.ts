import { expect, test } from "bun:test";
import { running } from "../../support/containers.ts";
import { until } from "../../support/engine.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("health checks", fixture, (line) => {
  const { ok } = line;
  const quick = ["--health-interval", "100ms", "--health-timeout", "5s"];

  test("starting, healthy, unhealthy after the retries, healthy again", async () => {
    await using container = await running(
      line,
      "sleep 1000",
      ...["--health-cmd", "echo checked; test -e /well", "--health-retries", "3", ...quick],
    );
    const status = () => container.inspect("{{.State.Health.Status}}");
    await until("it is unhealthy", async () => (await status()) === "unhealthy");
    const health = JSON.parse(await container.inspect("{{json .State.Health}}"));
    expect(health.FailingStreak).toBeGreaterThanOrEqual(3);
    expect(health.Log.length).toBeLessThanOrEqual(5);
    expect(health.Log[0]).toMatchObject({ ExitCode: 1, Output: "checked\n" });
    expect(Date.parse(health.Log[0].End)).toBeGreaterThanOrEqual(Date.parse(health.Log[0].Start));
    await container.exec("touch /well");
    await until("it is healthy", async () => (await status()) === "healthy");
    expect(await container.inspect("{{.State.Health.FailingStreak}}")).toBe("0");
    expect(await ok(["ps", "--filter", `name=${container.name}`, "--format", "{{.Status}}"])).toContain(
      "(healthy)",
    );
  });

  test("failures in the start period do not count, and it is looked at more often then", async () => {
    await using container = await running(
      line,
      "sleep 0.7; touch /well; sleep 1000",
      ...["--health-cmd", "test -e /well", "--health-retries", "1", "--health-interval", "60s"],
      ...["--health-start-period", "50s", "--health-start-interval", "100ms"],
    );
    const seen = new Set<string>();
    await until("it is healthy", async () => {
      const status = await container.inspect("{{.State.Health.Status}}");
      seen.add(status);
      return status === "healthy";
    });
    expect([...seen]).toEqual(["starting", "healthy"]);
  });

  test("a check that takes too long has failed", async () => {
    await using container = await running(
      line,
      "sleep 1000",
      ...["--health-cmd", "sleep 100", "--health-interval", "100ms", "--health-timeout", "200ms"],
      ...["--health-retries", "1"],
    );
    await until(
      "it is unhealthy",
      async () => (await container.inspect("{{.State.Health.Status}}")) === "unhealthy",
    );
    const log = JSON.parse(await container.inspect("{{json .State.Health.Log}}"));
    expect(log[0]).toMatchObject({ ExitCode: -1 });
    expect(log[0].Output).toContain("Health check exceeded timeout (200ms)");
  });

  test("changes are events", async () => {
    const since = `${Date.now() / 1000}`;
    await using container = await running(line, "sleep 1000", "--health-cmd", "true", ...quick);
    await until(
      "it is healthy",
      async () => (await container.inspect("{{.State.Health.Status}}")) === "healthy",
    );
    const events = await ok([
      ...["events", "--since", since, "--until", `${Date.now() / 1000 + 0.001}`],
      ...["--filter", `container=${container.name}`, "--filter", "event=health_status"],
      ...["--format", "{{.Action}}"],
    ]);
    expect(events).toBe("health_status: healthy");
  });

  test("--no-healthcheck has none", async () => {
    await using container = await running(line, "sleep 1000", "--no-healthcheck");
    expect(await container.inspect("{{json .State.Health}}")).toBe("null");
    expect(await container.inspect("{{json .Config.Healthcheck.Test}}")).toBe('["NONE"]');
  });
});
