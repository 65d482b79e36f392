import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { created } from "../../support/containers.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("volumes:", fixture, (line) => {
  const { call, ok } = line;

  test("create, inspect, ls, rm", async () => {
    const name = uniqueName("v");
    expect(await ok(["volume", "create", "--label", "k=v", name])).toBe(name);
    expect(await ok(["volume", "create", name])).toBe(name);
    const [it] = JSON.parse(await ok(["volume", "inspect", name]));
    expect(it).toMatchObject({
      Name: name,
      Driver: "local",
      Labels: { k: "v" },
      Scope: "local",
      Mountpoint: join(fixture.engine.dataRoot, "volumes", name, "_data"),
    });
    expect(it.CreatedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(statSync(it.Mountpoint).isDirectory()).toBe(true);
    expect(await ok(["volume", "ls", "--filter", `name=${name}`])).toMatch(
      new RegExp(`^DRIVER +VOLUME NAME\nlocal +${name}$`),
    );
    expect(await ok(["volume", "rm", name])).toBe(name);
    expect(existsSync(it.Mountpoint)).toBe(false);
    const gone = await call(["volume", "rm", name]);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toMatch(/no such volume/i);
    expect((await call(["volume", "rm", "-f", name])).code).toBe(0);
    expect((await call(["volume", "inspect", name])).stderr).toMatch(/no such volume/i);
  });

  test("without a name it has 64 digits; bad names and drivers are refused", async () => {
    const name = await ok(["volume", "create"]);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    await ok(["volume", "rm", name]);
    const bad = await call(["volume", "create", "bad/name"]);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain("bad/name");
    const driver = await call(["volume", "create", "-d", "nonesuch"]);
    expect(driver.code).toBe(1);
    expect(driver.stderr).toContain("nonesuch");
  });

  test("filters", async () => {
    const [used, loose] = [uniqueName("v"), uniqueName("v")];
    await ok(["volume", "create", "--label", `of=${used}`, used]);
    await ok(["volume", "create", "--label", `of=${used}`, "--label", "loose", loose]);
    await using _container = await created(line, "true", "-v", `${used}:/data`);
    const list = async (...filters: string[]) =>
      (await ok(["volume", "ls", "-q", ...filters.flatMap((filter) => ["--filter", filter])]))
        .split("\n")
        .filter((name) => name !== "");
    expect(await list(`label=of=${used}`)).toEqual([used, loose].sort());
    expect(await list(`label=of=${used}`, "dangling=true")).toEqual([loose]);
    expect(await list(`label=of=${used}`, "dangling=false")).toEqual([used]);
    expect(await list("label=loose", `label=of=${used}`)).toEqual([loose]);
    expect(await list(`name=${loose}`, "driver=local")).toEqual([loose]);
    const inUse = await call(["volume", "rm", used]);
    expect(inUse.code).toBe(1);
    expect(inUse.stderr).toContain("volume is in use");
    await ok(["rm", _container.name]);
    await ok(["volume", "rm", used, loose]);
  });

  test("keep what one container wrote for the next", async () => {
    const name = uniqueName("v");
    await ok(["run", "--rm", "-v", `${name}:/data`, "busybox", "sh", "-c", "echo kept > /data/file"]);
    expect(await ok(["run", "--rm", "-v", `${name}:/other:ro`, "busybox", "cat", "/other/file"])).toBe(
      "kept",
    );
    const mountpoint = await ok(["volume", "inspect", "-f", "{{.Mountpoint}}", name]);
    expect(readFileSync(join(mountpoint, "file"), "utf8")).toBe("kept\n");
    await ok(["volume", "rm", name]);
  });

  test("a new one is filled with what the image has there, with its owner and mode", async () => {
    const [filled, empty] = [uniqueName("v"), uniqueName("v")];
    const image = uniqueName("image");
    const builder = uniqueName();
    await ok([
      ...["run", "--name", builder, "busybox", "sh", "-c"],
      "mkdir -m 750 /seed; echo seed > /seed/file; ln -s file /seed/link; chown -R 5:6 /seed",
    ]);
    await ok(["commit", builder, image]);
    await ok(["rm", builder]);
    const look = "stat -c %a:%u:%g /seed; cat /seed/link";
    expect(await ok(["run", "--rm", "-v", `${filled}:/seed`, image, "sh", "-c", look])).toBe("750:5:6\nseed");
    expect(await ok(["run", "--rm", "-v", `${empty}:/seed:nocopy`, image, "ls", "/seed"])).toBe("");
    expect(
      await ok(["run", "--rm", "--mount", `src=${filled},dst=/x,volume-nocopy`, image, "cat", "/x/file"]),
    ).toBe("seed");
    await ok(["volume", "rm", filled, empty]);
    await ok(["rmi", image]);
  });

  test("--volumes-from shares all of another's", async () => {
    await using owner = await created(line, "true", "-v", "/one", "-v", "/two");
    await ok(["run", "--rm", "--volumes-from", owner.name, "busybox", "sh", "-c", "echo x > /one/file"]);
    expect(
      await ok(["run", "--rm", "--volumes-from", `${owner.name}:ro`, "busybox", "cat", "/one/file"]),
    ).toBe("x");
    const refused = await call([
      "run",
      "--rm",
      "--volumes-from",
      `${owner.name}:ro`,
      "busybox",
      "touch",
      "/two/x",
    ]);
    expect(refused.stderr).toContain("Read-only file system");
  });

  test("anonymous ones go with --rm, named ones stay", async () => {
    const name = uniqueName("v");
    const before = (await ok(["volume", "ls", "-q"])).split("\n").length;
    await ok(["run", "--rm", "-v", "/anonymous", "-v", `${name}:/named`, "busybox", "true"]);
    const after = (await ok(["volume", "ls", "-q"])).split("\n").filter((volume) => volume !== "");
    expect(after).toContain(name);
    expect(after.filter((volume) => /^[0-9a-f]{64}$/.test(volume))).toEqual([]);
    expect(before).toBeGreaterThanOrEqual(0);
    await ok(["volume", "rm", name]);
  });

  test("of an anonymous volume's users the last one that is removed with -v takes it along", async () => {
    const owner = await created(line, "true", "-v", "/v");
    const volume = await owner.inspect("{{range .Mounts}}{{.Name}}{{end}}");
    const friend = await created(line, "true", "--volumes-from", owner.name);
    await ok(["rm", "-v", owner.name]);
    expect(await ok(["volume", "ls", "-q"])).toContain(volume);
    await ok(["rm", friend.name]);
    expect(await ok(["volume", "ls", "-q", "--filter", "dangling=true"])).toContain(volume);
    const next = await created(line, "true", "-v", "/v", "-v", `${volume}:/named`);
    const names = (await next.inspect("{{range .Mounts}}{{.Name}} {{end}}")).trim().split(" ");
    await ok(["rm", "-v", next.name]);
    const left = await ok(["volume", "ls", "-q"]);
    expect(names.filter((name) => left.includes(name))).toEqual([volume]);
    await ok(["volume", "rm", volume]);
  });

  test("an existing name answers the volume, as it is, with 201; another driver is a conflict", async () => {
    const name = uniqueName("v");
    const create = (body: object) =>
      fixture.engine.fetch("/volumes/create", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ Name: name, ...body }),
      });
    expect((await create({ Labels: { a: "1" } })).status).toBe(201);
    const again = await create({ Labels: { a: "2" }, DriverOpts: { type: "tmpfs", device: "tmpfs" } });
    expect(again.status).toBe(201);
    expect(await again.json()).toMatchObject({ Labels: { a: "1" }, Options: null });
    expect(await ok(["volume", "create", "--label", "a=3", name])).toBe(name);
    expect(await ok(["volume", "inspect", "-f", "{{.Labels.a}}", name])).toBe("1");
    await ok(["volume", "rm", name]);
  });

  test("prune goes by labels, with and without", async () => {
    const [kept, gone, other] = [uniqueName("v"), uniqueName("v"), uniqueName("v")];
    await ok(["volume", "create", "--label", "keep=yes", "--label", `of=${kept}`, kept]);
    await ok(["volume", "create", "--label", `of=${kept}`, gone]);
    await ok(["volume", "create", other]);
    const prune = (...filters: string[]) =>
      ok(["volume", "prune", "-f", ...filters.flatMap((filter) => ["--filter", filter])]);
    expect(await prune(`label=of=${kept}`)).not.toContain(gone);
    const output = await prune("all=true", `label=of=${kept}`, "label!=keep=yes");
    expect(output).toContain(gone);
    expect(output).not.toContain(kept);
    expect(output).not.toContain(other);
    expect(await prune("all=1", `label=of=${kept}`, "label!=keep")).not.toContain(kept);
    expect(await prune("all=1", `label=of=${kept}`)).toContain(kept);
    const bad = await call(["volume", "prune", "-f", "--filter", "name=x"]);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain("invalid filter 'name'");
    await ok(["volume", "rm", other]);
  });

  test("prune takes unused anonymous ones, -a all unused", async () => {
    const named = uniqueName("v");
    await ok(["volume", "create", named]);
    const anonymous = await ok(["volume", "create"]);
    const output = await ok(["volume", "prune", "-f"]);
    expect(output).toContain(`Deleted Volumes:\n${anonymous}`);
    expect(output).not.toContain(named);
    expect(output).toMatch(/Total reclaimed space: .*B$/);
    expect(await ok(["volume", "prune", "-a", "-f", "--filter", "label!=keep"])).toContain(named);
  });
});
