import { expect, test } from "bun:test";
import { Connection } from "../../support/connection.ts";
import { created, running, sleeping } from "../../support/containers.ts";
import { dockerPath, slipwayPath, until } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const now = () => (Date.now() / 1000).toFixed(3);

throughBoth("events", fixture, (line) => {
  const { ok, call } = line;
  const between = async (since: string, ...flags: string[]) =>
    (await ok(["events", "--since", since, "--until", now(), "--format", "{{.Action}}", ...flags]))
      .split("\n")
      .filter((action) => action !== "");

  test("the whole life of a container, in order", async () => {
    const since = now();
    const name = uniqueName();
    await ok(["run", "--rm", "--name", name, "busybox", "sh", "-c", "exit 3"]).catch(() => {});
    await until("it is gone", async () =>
      (await between(since, "--filter", `container=${name}`)).includes("destroy"),
    );
    const actions = await between(since, "--filter", `container=${name}`, "--filter", "type=container");
    expect(actions.filter((action) => action !== "attach")).toEqual(["create", "start", "die", "destroy"]);
    const die = await ok([
      ...["events", "--since", since, "--until", now(), "--filter", "event=die"],
      ...[
        "--filter",
        `container=${name}`,
        "--format",
        "{{.Actor.Attributes.exitCode}} {{.Actor.Attributes.image}}",
      ],
    ]);
    expect(die).toBe("3 busybox");
  });

  test("stop, kill, pause, rename, update, exec say so", async () => {
    const since = now();
    await using container = await sleeping(line);
    await ok(["pause", container.name]);
    await ok(["unpause", container.name]);
    await ok(["update", "--pids-limit", "50", container.name]);
    await ok(["exec", container.name, "true"]);
    await ok(["rename", container.name, `${container.name}x`]);
    await ok(["rename", `${container.name}x`, container.name]);
    await ok(["kill", "-s", "KILL", container.name]);
    await ok(["wait", container.name]);
    await ok(["start", container.name]);
    await ok(["stop", "-t", "0", container.name]);
    const id = await container.inspect("{{.Id}}");
    const actions = await between(since, "--filter", `container=${id}`, "--filter", "type=container");
    const counted = (prefix: string) => actions.filter((action) => action.startsWith(prefix)).length;
    for (const [action, count] of [
      ["create", 1],
      ["start", 2],
      ["pause", 1],
      ["unpause", 1],
      ["update", 1],
      ["exec_create", 1],
      ["exec_start", 1],
      ["exec_die", 1],
      ["rename", 2],
      ["die", 2],
      ["stop", 1],
    ] as const) {
      expect([action, counted(action)]).toEqual([action, count]);
    }
    expect(counted("kill")).toBeGreaterThanOrEqual(2);
  });

  test("filters by type, label, image, event; formats as docker", async () => {
    const since = now();
    const label = uniqueName("label");
    await using container = await created(line, "true", "--label", label);
    await ok(["volume", "create", label]);
    await ok(["volume", "rm", label]);
    await ok(["tag", "busybox", label]);
    await ok(["rmi", label]);
    expect(await between(since, "--filter", `label=${label}`)).toEqual(["create"]);
    expect(await between(since, "--filter", "type=volume", "--filter", `volume=${label}`)).toEqual([
      "create",
      "destroy",
    ]);
    expect(await between(since, "--filter", "type=image")).toEqual(expect.arrayContaining(["tag", "untag"]));
    expect(
      await between(since, "--filter", "event=tag", "--filter", "event=create", "--filter", "type=image"),
    ).toEqual(["tag"]);
    const text = await ok(["events", "--since", since, "--until", now(), "--filter", `label=${label}`]);
    const id = await container.inspect("{{.Id}}");
    expect(text).toMatch(
      new RegExp(
        `^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}\\S+ container create ${id} \\(.*image=busybox.*name=${container.name}.*\\)$`,
      ),
    );
    const json = JSON.parse(
      await ok([
        "events",
        "--since",
        since,
        "--until",
        now(),
        "--filter",
        `label=${label}`,
        "--format",
        "json",
      ]),
    );
    expect(json).toMatchObject({ Type: "container", Action: "create", scope: "local", Actor: { ID: id } });
    expect(BigInt(json.timeNano) / 1_000_000_000n).toBe(BigInt(json.time));
    expect((await call(["events", "--since", since, "--until", now(), "--filter", "nonsense=1"])).code).toBe(
      1,
    );
  });

  test("come as they happen", async () => {
    const program = line.name === "slipway" ? slipwayPath : dockerPath;
    const name = uniqueName();
    const watching = Bun.spawn(
      [
        program,
        "-H",
        fixture.engine.host,
        "events",
        "--filter",
        `container=${name}`,
        "--format",
        "{{.Action}}",
      ],
      { stdout: "pipe", stderr: "inherit" },
    );
    const reader = watching.stdout.getReader();
    let seen = "";
    const reading = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        seen += Buffer.from(value).toString();
      }
    })();
    // The watcher subscribes at some time after its start.
    await until("an event is seen", async () => {
      await ok(["create", "--name", name, "busybox"]);
      await ok(["rm", name]);
      return seen.includes("destroy");
    });
    watching.kill();
    await reading;
  });
});

test("the API's headers come before the first event", async () => {
  const { engine } = fixture;
  using connection = new Connection(engine.socket);
  connection.request("GET", `/events?filters=${encodeURIComponent('{"event":["create"]}')}`);
  const head = await connection.head();
  expect(head.status).toBe(200);
  expect(head.headers.get("content-type")).toMatch(/^application\/json/);
  await engine.slipway(["create", "--name", "late", "busybox"]);
  expect(await connection.until('"Action":"create"')).toContain('"Type":"container"');
  await engine.slipway(["rm", "late"]);
});

test("a container that ends on its own is an event with its code and signal", async () => {
  const { engine } = fixture;
  const line = {
    name: "slipway" as const,
    call: (args: string[]) => engine.slipway(args),
    ok: async (args: string[]) => (await engine.slipway(args)).stdout.trim(),
  };
  const since = now();
  await using container = await running(line, "exit 9");
  await line.ok(["wait", container.name]);
  const query = `since=${since}&until=${now()}&filters=${encodeURIComponent('{"event":["die"]}')}`;
  const event = JSON.parse((await engine.request(`/events?${query}`)) ?? "");
  expect(event).toMatchObject({ status: "die", from: "busybox", Actor: { Attributes: { exitCode: "9" } } });
});
