import { beforeAll, expect, test } from "bun:test";
import { created } from "../../support/containers.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

/** An image of its own, with one layer over busybox. */
async function image(name: string, ...changes: string[]): Promise<string> {
  const slipway = async (...args: string[]) => must(await fixture.engine.slipway(args)).stdout.trim();
  const container = await slipway("run", "-d", "busybox", "sh", "-c", `echo ${name} > /name`);
  await slipway("wait", container);
  const flags = changes.flatMap((change) => ["-c", change]);
  const id = await slipway("commit", ...flags, container, ...(name === "" ? [] : [name]));
  await slipway("rm", container);
  return id;
}

let older = "";
let newer = "";
beforeAll(async () => {
  older = await image("shop/older:1", "LABEL tier=front");
  newer = await image("shop/newer:2", "LABEL tier=back", "LABEL extra=yes");
});

throughBoth("images:", fixture, (line) => {
  const { call, ok } = line;
  const list = async (...args: string[]) =>
    (await ok(["images", "--format", "{{.Repository}}:{{.Tag}}", ...args]))
      .split("\n")
      .filter((row) => row !== "");

  test("the table", async () => {
    const [header = "", ...rows] = (await ok(["images"])).split("\n");
    expect(header.split(/ {2,}/).map((cell) => cell.trim())).toEqual([
      "REPOSITORY",
      "TAG",
      "IMAGE ID",
      "CREATED",
      "SIZE",
    ]);
    const cells = rows.find((row) => row.startsWith("shop/newer"))?.split(/ {2,}/) ?? [];
    expect(cells).toEqual([
      "shop/newer",
      "2",
      newer.slice(7, 19),
      expect.stringMatching(/ago$/),
      expect.stringMatching(/^[\d.]+MB$/),
    ]);
  });

  test("by name, by filter, newest first", async () => {
    expect(await list()).toEqual(["shop/newer:2", "shop/older:1", "busybox:latest"]);
    expect(await list("shop/older")).toEqual(["shop/older:1"]);
    expect(await list("shop/*")).toEqual(["shop/newer:2", "shop/older:1"]);
    expect(await list("shop/older:2")).toEqual([]);
    for (const [filter, expected] of [
      ["reference=shop/*:1", ["shop/older:1"]],
      ["label=tier", ["shop/newer:2", "shop/older:1"]],
      ["label=tier=back", ["shop/newer:2"]],
      ["before=shop/newer:2", ["shop/older:1", "busybox:latest"]],
      ["since=shop/older:1", ["shop/newer:2"]],
      ["dangling=true", []],
    ] as [string, string[]][]) {
      expect([filter, ...(await list("--filter", filter))]).toEqual([filter, ...expected]);
    }
    expect((await call(["images", "--filter", "nonsense=1"])).code).toBe(1);
  });

  test("-q, --no-trunc, --digests, json", async () => {
    expect(await ok(["images", "-q", "shop/older"])).toBe(older.slice(7, 19));
    expect(await ok(["images", "-q", "--no-trunc", "shop/older"])).toBe(older);
    expect((await ok(["images", "--digests"])).split("\n")[0]).toContain("DIGEST");
    const json = JSON.parse(await ok(["images", "--format", "json", "shop/older"]));
    expect(json).toMatchObject({ Repository: "shop/older", Tag: "1", ID: older.slice(7, 19) });
  });

  test("tag gives a further name, and takes it away from what had it", async () => {
    const name = uniqueName("tagged");
    await ok(["tag", "shop/older:1", name]);
    expect(await ok(["image", "inspect", "-f", "{{.Id}}", `${name}:latest`])).toBe(older);
    await ok(["tag", newer.slice(7, 19), name]);
    expect(await ok(["image", "inspect", "-f", "{{.Id}}", name])).toBe(newer);
    expect(await ok(["rmi", name])).toBe(`Untagged: ${name}:latest`);
    expect((await call(["tag", "nonesuch", name])).stderr).toContain("No such image: nonesuch:latest");
    expect((await call(["tag", "shop/older:1", "UPPER"])).stderr).toContain("lowercase");
  });

  test("the last name takes the image with it", async () => {
    const name = `${uniqueName("gone")}:1`;
    const id = await image(name);
    const output = (await ok(["rmi", name])).split("\n");
    expect(output[0]).toBe(`Untagged: ${name}`);
    expect(output[1]).toBe(`Deleted: ${id}`);
    expect(output.slice(2).every((row) => /^Deleted: sha256:[0-9a-f]{64}$/.test(row))).toBe(true);
    const missing = await call(["rmi", name]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain(`No such image: ${name}`);
  });

  test("an id with several names goes only by force", async () => {
    const name = uniqueName("several");
    const id = await image(`${name}:1`);
    await ok(["tag", id, `${name}:2`]);
    await ok(["tag", id, `other-${name}:1`]);
    const refused = await call(["rmi", id]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("must be forced");
    expect(refused.stderr).toContain("image is referenced in multiple repositories");
    const output = await ok(["rmi", "-f", id]);
    expect(output.match(/Untagged: /g)).toHaveLength(3);
    expect(output).toContain(`Deleted: ${id}`);
  });

  test("what a container uses is not removed", async () => {
    const name = `${uniqueName("used")}:1`;
    const id = await image(name);
    await using container = await created(line, "true");
    const user = uniqueName();
    await ok(["create", "--name", user, name, "sleep", "1000"]);
    const refused = await call(["rmi", name]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("must force");
    await ok(["start", user]);
    const running = await call(["rmi", "-f", id]);
    expect(running.code).toBe(1);
    expect(running.stderr).toContain("cannot be forced");
    await ok(["rm", "-f", user]);
    expect(await ok(["rmi", name])).toContain(`Deleted: ${id}`);
    expect(container.name).not.toBe(user);
  });

  test("prune takes what has no name, -a what nobody uses", async () => {
    const dangling = await image("");
    const named = `${uniqueName("unused")}:1`;
    await image(named, "LABEL prune=me");
    const output = await ok(["image", "prune", "-f"]);
    expect(output).toContain("Deleted Images:");
    expect(output).toContain(`deleted: ${dangling}`);
    expect(output).toMatch(/Total reclaimed space: \d.*B$/);
    expect(await ok(["image", "prune", "-f"])).toBe("Total reclaimed space: 0B");
    const all = await ok(["image", "prune", "-a", "-f", "--filter", "label=prune=me"]);
    expect(all).toContain(`untagged: ${named}`);
    expect((await call(["image", "inspect", named])).code).toBe(1);
    expect(await ok(["image", "inspect", "-f", "{{.Id}}", "busybox"])).toMatch(/^sha256:/);
  });

  test("a child keeps its parent's layers", async () => {
    const parent = `${uniqueName("parent")}:1`;
    await image(parent);
    await using container = await created(line, "true");
    const child = `${uniqueName("child")}:1`;
    const builder = uniqueName();
    await ok(["run", "--name", builder, parent, "sh", "-c", "echo child > /child"]);
    await ok(["commit", builder, child]);
    await ok(["rm", builder]);
    await ok(["rmi", parent]);
    expect(await ok(["run", "--rm", child, "cat", "/name", "/child"])).toBe(`${parent}\nchild`);
    await ok(["rmi", child]);
    expect(await container.status()).toBe("created");
  });

  test("image inspect has what docker's has; a missing image is named", async () => {
    const [it] = JSON.parse(await ok(["image", "inspect", "shop/older:1"]));
    expect(it).toMatchObject({
      Id: older,
      RepoTags: ["shop/older:1"],
      Os: "linux",
      Architecture: process.arch === "x64" ? "amd64" : process.arch,
      Config: {
        Cmd: ["sh", "-c", "echo shop/older:1 > /name"],
        Labels: expect.objectContaining({ tier: "front" }),
      },
      RootFS: { Type: "layers" },
    });
    expect(it.Size).toBeGreaterThan(1_000_000);
    expect(it.RootFS.Layers).toHaveLength(2);
    const missing = await call(["image", "inspect", "nonesuch"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("No such image: nonesuch");
    expect(missing.stdout.trim()).toBe("[]");
  });

  test("history tells the layers, newest first", async () => {
    const rows = await ok(["history", "--format", "{{.ID}}|{{.CreatedBy}}|{{.Size}}", "shop/older:1"]);
    const [first = "", ...rest] = rows.split("\n");
    expect(first.split("|")[0]).toBe(older.slice(7, 19));
    expect(first).toContain("sh -c echo shop/older:1");
    expect(first.split("|")[2]).toMatch(/^\d+B$/);
    expect(rest.length).toBeGreaterThanOrEqual(1);
    expect(rest.at(-1)?.split("|")[2]).toMatch(/^[\d.]+MB$/);
    const header = (await ok(["history", "shop/older:1"])).split("\n")[0] ?? "";
    expect(header.trim().split(/ {2,}/)).toEqual(["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"]);
    expect(await ok(["history", "-q", "--no-trunc", "shop/older:1"])).toStartWith(older);
    expect((await call(["history", "nonesuch"])).code).toBe(1);
  });
});
