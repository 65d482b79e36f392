import { afterAll, expect, test } from "bun:test";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { created, sleeping } from "../../support/containers.ts";
import { command, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { must, throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

/** Runs a command where the engine mounts: the host's mounts may be private. */
const onHost = async (...argv: string[]) =>
  must(await command(["nsenter", "-t", String(fixture.engine.pid), "-m", "--", ...argv])).stdout.trim();
const engineMounts = () => readFileSync(`/proc/${fixture.engine.pid}/mountinfo`, "utf8");

/** A new directory of the host with a file in it. */
function source(owner = 0): string {
  const path = join(folder.path, uniqueName("source"));
  mkdirSync(path);
  writeFileSync(join(path, "file"), "old\n");
  for (const each of [path, join(path, "file")]) chownSync(each, owner, owner);
  return path;
}

throughBoth("mounts:", fixture, (line) => {
  const { call, ok } = line;
  const run = (flags: string[], script: string) =>
    ok(["run", "--rm", ...flags, "busybox", "sh", "-c", script]);
  const refused = async (flags: string[], script = "true") => {
    const result = await call(["run", "--rm", ...flags, "busybox", "sh", "-c", script]);
    expect(result.code).not.toBe(0);
    return result.stderr;
  };

  test("a missing source is made for -v, refused for --mount, and made where that is said", async () => {
    const missing = join(folder.path, uniqueName("missing"), "deep");
    const mount = `type=bind,src=${missing},dst=/x`;
    expect(await refused(["--mount", mount])).toContain(`bind source path does not exist: ${missing}`);
    expect(existsSync(missing)).toBe(false);
    if (line.name === "slipway") {
      await run(["--mount", `${mount},bind-create-src`], "touch /x/made");
      expect(existsSync(join(missing, "made"))).toBe(true);
    }
    await run(["-v", `${missing}2:/x`], "touch /x/made");
    expect(existsSync(join(`${missing}2`, "made"))).toBe(true);
  });

  test("the files of an image are mounted read-only, whole or in part, and the image is kept", async () => {
    const [tools, other] = [uniqueName("tools"), uniqueName()];
    await ok(["run", "--name", other, "busybox", "sh", "-c", "mkdir /opt; echo tool > /opt/tool"]);
    await ok(["commit", other, tools]);
    await ok(["rm", other]);
    const mount = `type=image,src=${tools},dst=/tools`;
    await using container = await sleeping(line, "--mount", mount);
    expect((await container.exec("cat /tools/opt/tool; touch /tools/x")).stdout).toBe("tool\n");
    expect((await container.exec("touch /tools/x")).stderr).toContain("Read-only file system");
    const id = await ok(["image", "inspect", "-f", "{{.Id}}", tools]);
    expect(await container.inspect("{{range .Mounts}}{{.Type}} {{.Source}} {{.RW}}{{end}}")).toBe(
      `image ${id} false`,
    );
    const inUse = await call(["rmi", tools]);
    expect(inUse.code).toBe(1);
    expect(inUse.stderr).toContain("conflict");
    expect(await run(["--mount", `${mount},image-subpath=opt`], "ls /tools")).toBe("tool");
    expect(await refused(["--mount", `${mount},image-subpath=none`])).toContain("no such file or directory");
    expect(await refused(["--mount", "type=image,src=nonesuch,dst=/x"])).toMatch(/no such image: nonesuch/i);
    await ok(["stop", "-t", "0", container.name]);
    // Its name and record may go by force: the container keeps the files.
    await ok(["rmi", "-f", tools]);
    await ok(["start", container.name]);
    expect((await container.exec("cat /tools/opt/tool")).stdout).toBe("tool\n");
    const place = join(fixture.engine.execRoot, "containers", await container.inspect("{{.Id}}"), "mounts");
    expect(engineMounts()).toContain(place);
    await ok(["rm", "-f", container.name]);
    await until("nothing is mounted for it", () => !engineMounts().includes(place));
  });

  test("uid= and gid= show another owner inside, and keep the host's outside", async () => {
    const path = source(1234);
    const flags = ["-u", "1000:1001", "-v", `${path}:/x:uid=1000,gid=1001`];
    expect(await run(flags, "touch /x/new; stat -c %u:%g /x /x/file /x/new")).toBe(
      "1000:1001\n1000:1001\n1000:1001",
    );
    expect(statSync(join(path, "new"))).toMatchObject({ uid: 1234, gid: 1234 });
    const name = uniqueName("v");
    await run(["-v", `${name}:/x`], "chown 7:8 /x");
    expect(await run(["-v", `${name}:/x:ro,uid=0`], "stat -c %u:%g /x; touch /x/y 2>&1 || true")).toMatch(
      /^0:8\n.*Read-only/,
    );
    await ok(["volume", "rm", name]);
    expect(await refused(["-v", "/proc:/x:uid=5"])).toContain("cannot show other owners of /proc");
    expect(statSync(join(path, "file")).uid).toBe(1234);
  });

  test("U gives the source to the container's user", async () => {
    const path = source();
    expect(await run(["-u", "321:322", "-v", `${path}:/x:U`], "echo new > /x/file; stat -c %u:%g /x")).toBe(
      "321:322",
    );
    expect(statSync(join(path, "file"))).toMatchObject({ uid: 321, gid: 322 });
    const name = uniqueName("v");
    expect(await run(["-u", "5:6", "-v", `${name}:/x:U`], "touch /x/y; stat -c %u:%g /x/y")).toBe("5:6");
    await ok(["volume", "rm", name]);
    expect(await refused(["-u", "5", "-v", "/usr:/x:U"])).toContain("which the host needs");
  });

  test("O keeps what is written with the container, through restarts, and out of the source", async () => {
    const path = source();
    await using container = await sleeping(line, "-v", `${path}:/x:O`);
    await container.exec("echo new > /x/file; rm -f /x/none; touch /x/more");
    expect(readFileSync(join(path, "file"), "utf8")).toBe("old\n");
    await ok(["stop", "-t", "0", container.name]);
    const copy = await call(["cp", join(path, "file"), `${container.name}:/x/more`]);
    expect(copy.code).not.toBe(0);
    expect(copy.stderr).toContain("mounted only while the container runs");
    await ok(["start", container.name]);
    expect((await container.exec("cat /x/file; ls /x")).stdout).toBe("new\nfile\nmore\n");
    const kept = join(fixture.engine.dataRoot, "containers", await container.inspect("{{.Id}}"), "changes");
    expect(existsSync(kept)).toBe(true);
    await ok(["rm", "-f", container.name]);
    await until("the changes are gone", () => !existsSync(kept));
    expect(readFileSync(join(path, "file"), "utf8")).toBe("old\n");
    expect(existsSync(join(path, "more"))).toBe(false);
  });

  test("modes that exclude each other are refused; labels are accepted", async () => {
    const path = source();
    expect(await refused(["-v", `${path}:/x:U,uid=1`])).toContain("choose one");
    expect(await refused(["-v", `${path}:/x:O,rshared`])).toContain("does not go with O");
    expect(await refused(["-v", `${path}:/x:ro,rw`])).toContain("invalid mode");
    expect(await refused(["-v", `${path}:/x:what`])).toContain("invalid mode: what");
    expect(await run(["-v", `${path}:/x:ro,Z`], "cat /x/file")).toBe("old");
  });

  test("what is mounted below a read-only bind is read-only, unless that is not wanted", async () => {
    const path = source();
    const below = join(path, "below");
    mkdirSync(below);
    await onHost("mount", "-t", "tmpfs", "tmpfs", below);
    try {
      const write = "touch /x/below/new 2>&1 && echo written";
      const attempt = async (...flags: string[]) =>
        (await call(["run", "--rm", ...flags, "busybox", "sh", "-c", write])).stdout;
      const mount = `type=bind,src=${path},dst=/x,readonly`;
      expect(await attempt("-v", `${path}:/x:ro`)).toContain("Read-only file system");
      expect(await attempt("--mount", `${mount},bind-recursive=enabled`)).toContain("Read-only file system");
      expect(await attempt("--mount", `${mount},bind-recursive=writable`)).toBe("written\n");
      const forced = `${mount},bind-recursive=readonly,bind-propagation=rprivate`;
      expect(await attempt("--mount", forced)).toContain("Read-only file system");
      expect(await attempt("--mount", `${mount.replace(",readonly", "")},bind-recursive=disabled`)).toBe(
        "written\n",
      );
      expect(await onHost("ls", below)).toBe("new");
      // Clients of before API 1.44 know of no read-only mounts below; a writable bind is none of the two.
      if (line.name === "docker") {
        const older = async (...flags: string[]) => {
          const argv = ["run", "--rm", ...flags, "busybox", "sh", "-c", write];
          return (await call(argv, { env: { DOCKER_API_VERSION: "1.43" } })).stdout;
        };
        expect(await older("-v", `${path}:/x:ro`)).toBe("written\n");
        expect(await older("--mount", mount)).toBe("written\n");
        expect(await older("--mount", mount.replace(",readonly", ""))).toBe("written\n");
      }
    } finally {
      await onHost("umount", below);
    }
  });

  test("shared mounts inside need shared ones outside, and pass mounts on", async () => {
    const path = source();
    expect(await refused(["-v", `${path}:/x:rshared`])).toMatch(
      /path .* is mounted on .* but it is not a shared mount/,
    );
    expect(await refused(["-v", `${path}:/x:rslave`])).toContain("but it is not a shared or slave mount");
    await onHost("mount", "--bind", path, path);
    await onHost("mount", "--make-shared", path);
    try {
      mkdirSync(join(path, "below"));
      await using slave = await sleeping(line, "-v", `${path}:/x:rslave`);
      await run(
        ["--privileged", "-v", `${path}:/x:rshared`],
        "mount -t tmpfs tmpfs /x/below; touch /x/below/in",
      );
      expect(await onHost("ls", join(path, "below"))).toBe("in");
      expect((await slave.exec("ls /x/below")).stdout).toBe("in\n");
    } finally {
      await onHost("umount", "-R", "-l", path);
    }
  });

  test("a tmpfs has the options that were asked for, over Docker's own", async () => {
    const look = "grep ' /x ' /proc/mounts; stat -c %a:%u /x";
    const plain = await run(["--tmpfs", "/x"], look);
    expect(plain).toMatch(/tmpfs rw,nosuid,nodev,noexec,relatime/);
    expect(plain).toEndWith("1777:0");
    const shaped = await run(["--tmpfs", "/x:rw,exec,size=64k,mode=750,uid=5,nr_inodes=100"], look);
    expect(shaped).toMatch(/size=64k,nr_inodes=100,mode=750,uid=5/);
    expect(shaped).not.toContain("noexec");
    const mount = "type=tmpfs,dst=/x,tmpfs-size=1m,tmpfs-mode=0700";
    expect(await run(["--mount", mount], look)).toMatch(/size=1024k,mode=700[\s\S]*700:0$/);
    expect(await run(["--mount", `${mount},readonly`], "touch /x/y 2>&1 || true")).toContain("Read-only");
    expect(await refused(["--tmpfs", "/x:what"])).toContain("invalid tmpfs option");
  });

  test("a data-volume container's volumes are taken over, from several, in order, through chains", async () => {
    await using data = await created(line, "true", "-v", "/data", "-v", "/logs");
    await using more = await created(line, "true", "-v", "/logs", "-v", "/more");
    await run(
      ["--volumes-from", data.name, "--volumes-from", more.name],
      "echo 1 > /data/a; echo 2 > /logs/b",
    );
    // The last one named has the place.
    expect(await run(["--volumes-from", data.name], "ls /data /logs")).toBe("/data:\na\n\n/logs:");
    expect(await run(["--volumes-from", more.name], "cat /logs/b")).toBe("2");
    await using middle = await created(line, "true", "--volumes-from", `${data.name}:ro`);
    await using end = await sleeping(line, "--volumes-from", middle.name);
    expect((await end.exec("cat /data/a; touch /data/c")).stdout).toBe("1\n");
    expect((await end.exec("touch /data/c")).stderr).toContain("Read-only");
    // Anonymous ones stay while anybody has them.
    await ok(["rm", "-v", data.name]);
    expect((await end.exec("cat /data/a")).stdout).toBe("1\n");
    expect(await refused(["--volumes-from", "nonesuch"])).toMatch(/no such container: nonesuch/i);
    expect(await refused(["--volumes-from", `${more.name}:rslave`])).toContain("volumes-from");
  });

  test("a volume's subpath is mounted for several containers at once, read-only for some", async () => {
    const name = uniqueName("v");
    await run(["-v", `${name}:/x`], "mkdir -p /x/a/b; echo one > /x/a/b/file; ln -s /etc /x/out");
    const mount = `type=volume,src=${name},dst=/x,volume-subpath=a/b`;
    await using writer = await sleeping(line, "--mount", mount);
    await using reader = await sleeping(line, "--mount", `${mount},readonly`);
    await writer.exec("echo two > /x/file");
    expect((await reader.exec("cat /x/file; touch /x/y")).stdout).toBe("two\n");
    expect((await reader.exec("touch /x/y")).stderr).toContain("Read-only");
    const escaping = `type=volume,src=${name},dst=/x,volume-subpath=out`;
    expect(await refused(["--mount", escaping])).toContain("cannot access path");
    for (const container of [writer, reader]) await ok(["rm", "-f", container.name]);
    await ok(["volume", "rm", name]);
  });
});

test("--mount has words for other owners, U and O", async () => {
  const { engine } = fixture;
  const path = source(1234);
  const run = async (words: string, script: string) =>
    must(
      await engine.slipway([
        ...["run", "--rm", "-u", "9", "--mount", `type=bind,src=${path},dst=/x,${words}`],
        ...["busybox", "sh", "-c", script],
      ]),
    ).stdout;
  expect(await run("uid=9,gid=0,overlay", "echo new > /x/file; stat -c %u:%g /x/file")).toBe("9:0\n");
  expect(readFileSync(join(path, "file"), "utf8")).toBe("old\n");
  expect(await run("chown", "stat -c %u /x/file")).toBe("9\n");
  expect(statSync(path).uid).toBe(9);
});

test("after a SIGKILL of the engine mounts go on, and go when their container ends", async () => {
  const { engine } = fixture;
  const path = source(1234);
  const [name, also] = [uniqueName(), uniqueName()];
  const flags = [
    ...["--mount", "type=image,src=busybox,dst=/image", "-v", `${path}:/owned:uid=5`],
    ...["-v", `${path}:/apart:O`],
  ];
  for (const each of [name, also])
    must(await engine.slipway(["run", "-d", "--name", each, ...flags, "busybox", "sleep", "1000"]));
  const inspect = ["inspect", "-f", "{{.Id}} {{.State.Pid}}", also];
  const [id = "", pid = ""] = must(await engine.slipway(inspect))
    .stdout.trim()
    .split(" ");
  await engine.kill();
  process.kill(Number(pid), "SIGKILL");
  await engine.start();
  const place = (of: string) => join(engine.execRoot, "containers", of, "mounts");
  await until("what the ended one had is gone", () => !engineMounts().includes(place(id)));
  const look = "ls /image/bin/busybox; stat -c %u /owned; touch /apart/new";
  const seen = must(await engine.slipway(["exec", name, "sh", "-c", look])).stdout;
  expect(seen).toBe("/image/bin/busybox\n5\n");
  must(await engine.slipway(["restart", "-t", "0", name]));
  expect(must(await engine.slipway(["exec", name, "ls", "/apart"])).stdout).toBe("file\nnew\n");
  must(await engine.slipway(["rm", "-f", name, also]));
  await until("all is gone", () => !engineMounts().includes(`${engine.execRoot}/containers/`));
  expect(readFileSync(join(path, "file"), "utf8")).toBe("old\n");
  expect(existsSync(join(path, "new"))).toBe(false);
  rmSync(path, { recursive: true });
});
