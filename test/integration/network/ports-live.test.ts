import { expect, test } from "bun:test";
import { created, running, sleeping } from "../../support/containers.ts";
import { network } from "../../support/networks.ts";
import { answers, ask, freePort, ownAddress, server } from "../../support/ports.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

type Bindings = Record<string, { HostIp?: string; HostPort?: string }[] | null>;

/** Ports are changed by requests of our own; containers are made and looked at through both command lines. */
async function change(name: string, Add: Bindings, Remove: Bindings = {}): Promise<Response> {
  return fixture.engine.fetch(`/containers/${name}/ports`, {
    method: "POST",
    body: JSON.stringify({ Add, Remove }),
  });
}

const messageIn = async (response: Response): Promise<string> =>
  ((await response.json()) as { message: string }).message;

throughBoth("ports of a running container:", fixture, (line) => {
  const { ok } = line;

  test("are published and taken back while it runs", async () => {
    const [first, second] = [freePort(), freePort()];
    await using container = await running(line, server("live"));
    const pid = await container.inspect("{{.State.Pid}}");
    const added = await change(container.name, {
      "80/tcp": [{ HostPort: `${first}` }, { HostPort: `${second}` }],
    });
    expect(added.status).toBe(200);
    expect(((await added.json()) as { Ports: Bindings }).Ports["80/tcp"]).toContainEqual({
      HostIp: "0.0.0.0",
      HostPort: `${first}`,
    });
    await answers("127.0.0.1", first, "live");
    await answers(ownAddress(), second, "live");
    expect(await ok(["port", container.name])).toContain(`80/tcp -> 0.0.0.0:${first}`);
    expect((await change(container.name, {}, { "80/tcp": [{ HostPort: `${first}` }] })).status).toBe(200);
    expect(await ask("127.0.0.1", first)).toBe("");
    await answers("127.0.0.1", second, "live");
    expect(await container.inspect("{{.State.Pid}}")).toBe(pid);
    Bun.listen({ hostname: "0.0.0.0", port: first, socket: { data() {} } }).stop(true);
    expect((await change(container.name, {}, { "80/tcp": null })).status).toBe(200);
    expect(await ok(["port", container.name])).toBe("");
  });

  test("come back with the next network when the container was on none", async () => {
    await using net = await network(line);
    const port = freePort();
    await using container = await running(line, server("back"), "--network", net.name, "-p", `${port}:80`);
    await answers("127.0.0.1", port, "back");
    await ok(["network", "disconnect", net.name, container.name]);
    expect(await ok(["port", container.name])).toBe("");
    expect(await ask("127.0.0.1", port)).toBe("");
    await ok(["network", "connect", net.name, container.name]);
    await answers("127.0.0.1", port, "back");
    expect(await ok(["port", container.name])).toContain(`80/tcp -> 0.0.0.0:${port}`);
  });

  test("last over restarts of the container and of the engine", async () => {
    const port = freePort();
    await using container = await running(line, server("last"));
    await change(container.name, { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: `${port}` }] });
    await fixture.engine.kill();
    await fixture.engine.start();
    await answers("127.0.0.1", port, "last");
    await ok(["restart", "-t", "0", container.name]);
    await answers("127.0.0.1", port, "last");
    expect(await container.inspect("{{json .HostConfig.PortBindings}}")).toBe(
      `{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"${port}"}]}`,
    );
  });

  test("a port that is taken changes nothing", async () => {
    const [free, taken] = [freePort(), freePort()];
    await using _holder = await sleeping(line, "-p", `${taken}:80`);
    await using container = await running(line, server("x"));
    const refused = await change(container.name, {
      "80/tcp": [{ HostPort: `${free}` }, { HostPort: `${taken}` }],
    });
    expect(refused.status).toBe(409);
    expect(await messageIn(refused)).toContain(`${taken}`);
    expect(await ok(["port", container.name])).toBe("");
    expect(await ask("127.0.0.1", free)).toBe("");
    expect(await container.inspect("{{json .HostConfig.PortBindings}}")).toBe("{}");
  });

  test("one port takes another's place", async () => {
    const port = freePort();
    await using container = await running(
      line,
      `(${server("one", 81)}) & ${server("two", 82)}`,
      "-p",
      `${port}:81`,
    );
    await answers("127.0.0.1", port, "one");
    const moved = await change(container.name, { "82/tcp": [{ HostPort: `${port}` }] }, { "81/tcp": null });
    expect(moved.status).toBe(200);
    await answers("127.0.0.1", port, "two");
  });

  test("a stopped container has them from its next start on, and -P leaves out what was taken back", async () => {
    const port = freePort();
    await using container = await created(line, server("later"), "-P", "--expose", "81");
    expect((await change(container.name, { "80/tcp": [{ HostPort: `${port}` }] })).status).toBe(200);
    await ok(["start", container.name]);
    await answers("127.0.0.1", port, "later");
    expect(await ok(["port", container.name, "81"])).not.toBe("");
    expect((await change(container.name, {}, { "81/tcp": null })).status).toBe(200);
    await ok(["restart", "-t", "0", container.name]);
    expect(await ok(["port", container.name])).not.toContain("81/tcp");
  });

  test("update knows them, too", async () => {
    const port = freePort();
    await using container = await running(line, server("updated"));
    const update = (body: object) =>
      fixture.engine.fetch(`/containers/${container.name}/update`, {
        method: "POST",
        body: JSON.stringify(body),
      });
    expect(
      (await update({ PublishAdd: { "80/tcp": [{ HostPort: `${port}` }] }, PidsLimit: 100 })).status,
    ).toBe(200);
    await answers("127.0.0.1", port, "updated");
    expect((await update({ PublishRemove: { "80/tcp": null } })).status).toBe(200);
    expect(await ask("127.0.0.1", port)).toBe("");
    expect(await container.inspect("{{.HostConfig.PidsLimit}}")).toBe("100");
  });

  test("what has no ports of its own says so", async () => {
    await using net = await network(line, "--internal");
    await using host = await sleeping(line, "--network", "host");
    await using inside = await sleeping(line, "--network", net.name);
    await using sharer = await sleeping(line, "--network", `container:${inside.name}`);
    const refused = async (name: string) => {
      const response = await change(name, { "80/tcp": [{ HostPort: "0" }] });
      expect(response.status).toBe(400);
      return messageIn(response);
    };
    expect(await refused(host.name)).toContain("uses the host's network");
    expect(await refused(sharer.name)).toContain(`shares the network of ${inside.name}`);
    expect(await refused(inside.name)).toContain("cannot be published");
    const unknown = await change(inside.name, {}, { "99/tcp": null });
    expect(unknown.status).toBe(404);
    expect((await change("nonesuch", {})).status).toBe(404);
  });

  test("ports stay with a container that changes networks", async () => {
    const port = freePort();
    await using net = await network(line);
    await using container = await running(line, server("moving"), "-p", `${port}:80`);
    await answers("127.0.0.1", port, "moving");
    await ok(["network", "connect", net.name, container.name]);
    await answers("127.0.0.1", port, "moving");
    await ok(["network", "disconnect", "bridge", container.name]);
    await answers("127.0.0.1", port, "moving");
    await answers(ownAddress(), port, "moving");
    expect(await ok(["port", container.name])).toContain(`80/tcp -> 0.0.0.0:${port}`);
  });
});
