import { expect, test } from "bun:test";
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { created, sleeping } from "../../support/containers.ts";
import { command, slipwayPath } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

const logs =
  "mkdir -p /logs/old /logs/.git; for f in a.log b.log c.txt .hidden.log old/d.log; do echo $f >/logs/$f; done";

throughBoth("cp of a pattern", fixture, (line) => {
  test("takes what matches in the container into a directory", async () => {
    using folder = new Folder();
    await using container = await sleeping(line);
    await container.exec(logs);
    await line.ok(["cp", `${container.name}:/logs/*.log`, folder.path]);
    expect(readdirSync(folder.path).sort()).toEqual(["a.log", "b.log"]);
    await line.ok(["cp", `${container.name}:/l?gs/[!a-c]*`, folder.path]);
    expect(readFileSync(folder.join("old/d.log"), "utf8")).toBe("old/d.log\n");
  });

  test("that is a file's own name takes that file alone", async () => {
    using folder = new Folder();
    await using container = await sleeping(line);
    await container.exec("echo star >'/a*'; echo other >/ab");
    await line.ok(["cp", `${container.name}:/a*`, folder.join("got")]);
    expect(readFileSync(folder.join("got"), "utf8")).toBe("star\n");
  });

  test("that matches nothing, or two files of one name, is refused", async () => {
    using folder = new Folder();
    await using container = await sleeping(line);
    await container.exec("mkdir /x /y; touch /x/f /y/f");
    const nothing = await line.call(["cp", `${container.name}:/none*`, folder.path]);
    expect(nothing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Could not find the file /none*"),
    });
    const two = await line.call(["cp", `${container.name}:/[xy]/f`, folder.path]);
    expect(two).toMatchObject({ code: 1, stderr: expect.stringContaining("more than one file by the name") });
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

const slipway = (args: string[]) => fixture.engine.slipway(args);
const line = {
  name: "slipway" as const,
  call: slipway,
  async ok(args: string[]) {
    const { code, stdout, stderr } = await slipway(args);
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
    return stdout.trim();
  },
};

test("one match may have a new name, several need a directory", async () => {
  using folder = new Folder();
  await using container = await sleeping(line);
  await container.exec(logs);
  await line.ok(["cp", `${container.name}:/logs/a*`, folder.join("one")]);
  expect(readFileSync(folder.join("one"), "utf8")).toBe("a.log\n");
  const several = await line.call(["cp", `${container.name}:/logs/*.log`, folder.join("new")]);
  expect(several).toMatchObject({ code: 1, stderr: expect.stringContaining("is no directory") });
  expect(readdirSync(folder.path)).toEqual(["one"]);
});

test("several sources go into one directory, from here and from containers", async () => {
  using folder = new Folder();
  writeFileSync(folder.join("f"), "f");
  writeFileSync(folder.join("g"), "g");
  mkdirSync(folder.join("here"));
  await using one = await created(line, "true");
  await using other = await sleeping(line);
  await line.ok(["cp", folder.join("f"), folder.join("g"), `${one.name}:/tmp`]);
  await line.ok(["cp", `${one.name}:/tmp/f`, folder.join("g"), `${other.name}:/tmp`]);
  await line.ok(["cp", `${one.name}:/tmp/f`, `${other.name}:/tmp/g`, folder.join("here")]);
  expect(readdirSync(folder.join("here")).sort()).toEqual(["f", "g"]);
  const refused = await line.call(["cp", folder.join("f"), folder.join("g"), `${one.name}:/tmp/new`]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("need a directory") });
});

test("from one container to another, whether they run or not: owners, modes, links and times stay", async () => {
  await using one = await sleeping(line, "-v", "/vol");
  await using other = await created(line, "true", "-v", "/into");
  await one.exec(
    "mkdir -p /vol/d/sub; cd /vol/d; echo x >f; chown 12:34 f; chmod 4750 f; ln f hard; ln -s f link; " +
      "touch -d @1000000000 f; chmod 700 sub; mkfifo pipe",
  );
  await line.ok(["cp", `${one.name}:/vol/d`, `${other.name}:/into/copy`]);
  await line.ok(["start", "-a", other.name]);
  await line.ok(["cp", `${other.name}:/into/copy/.`, `${one.name}:/back`]);
  const listing = (path: string) =>
    one.exec(`cd ${path}; stat -c '%n %a %u:%g %F %h' * | sort; stat -c %Y f; readlink link; cat hard`);
  const before = await listing("/vol/d");
  expect(before.stdout).toContain("f 4750 12:34 regular file 2");
  expect(await listing("/back")).toEqual(before);
});

test("into a pattern's directory, and into itself not at all", async () => {
  await using one = await sleeping(line);
  await using other = await sleeping(line);
  await one.exec(logs);
  await line.ok(["cp", `${one.name}:/logs/*.log`, `${other.name}:/tmp`]);
  expect((await other.exec("cat /tmp/a.log /tmp/b.log")).stdout).toBe("a.log\nb.log\n");
  const self = await line.call(["cp", `${one.name}:/logs`, `${one.name}:/logs/old`]);
  expect(self).toMatchObject({ code: 1, stderr: expect.stringContaining("into itself") });
  await line.ok(["cp", `${one.name}:/logs/a.log`, `${one.name}:/logs/old`]);
  expect((await one.exec("cat /logs/old/a.log")).stdout).toBe("a.log\n");
});

test("a missing container or path on either side is said", async () => {
  await using one = await created(line, "true");
  const said = async (from: string, to: string, words: string) => {
    const result = await line.call(["cp", from, to]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
  };
  await said(`${one.name}:/none`, `${one.name}:/tmp`, "Could not find the file /none");
  await said(`${one.name}:/etc`, "nonesuch:/tmp", "No such container: nonesuch");
  await said("nonesuch:/etc", `${one.name}:/tmp`, "No such container: nonesuch");
  await said(`${one.name}:/etc/passwd`, `${one.name}:/none/such`, "Could not find the file /none");
});

test("-a keeps owners on the way out; without, files are the user's", async () => {
  using folder = new Folder();
  await using one = await sleeping(line);
  await one.exec("mkdir /d; echo x >/d/f; chown -R 12:34 /d");
  await line.ok(["cp", `${one.name}:/d`, folder.join("plain")]);
  await line.ok(["cp", "-a", `${one.name}:/d`, folder.join("kept")]);
  expect(lstatSync(folder.join("plain/f"))).toMatchObject({ uid: 0, gid: 0 });
  expect(lstatSync(folder.join("kept/f"))).toMatchObject({ uid: 12, gid: 34 });
  expect(lstatSync(folder.join("kept"))).toMatchObject({ uid: 12, gid: 34 });
});

test("a terminal sees how far it is, and --quiet nothing", async () => {
  using folder = new Folder();
  await using one = await sleeping(line);
  await one.exec("dd if=/dev/zero of=/big bs=1M count=8");
  const onTerminal = async (...flags: string[]) => {
    const words = ["cp", ...flags, `${one.name}:/big`, folder.join("big")];
    const line = [slipwayPath, "-H", fixture.engine.host, ...words].join(" ");
    return (await command(["script", "-qec", line, "/dev/null"])).stdout;
  };
  const shown = await onTerminal();
  expect(shown).toContain("Copying from container - ");
  expect(shown).toContain(`Successfully copied 8.39MB to ${folder.join("big")}`);
  expect(await onTerminal("-q")).toBe("");
});
