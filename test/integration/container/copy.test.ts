import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { created, running, sleeping } from "../../support/containers.ts";
import { command, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";
import { tar } from "../../support/tar.ts";

const fixture = withEngine();

throughBoth("cp", fixture, (line) => {
  const { call, ok } = line;

  test("a file in, out, and under a new name", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("in"), "content\n");
    chmodSync(folder.join("in"), 0o640);
    await using container = await sleeping(line);
    await ok(["cp", folder.join("in"), `${container.name}:/tmp/`]);
    await ok(["cp", folder.join("in"), `${container.name}:/named`]);
    expect((await container.exec("stat -c '%a %n' /tmp/in; cat /named")).stdout).toBe(
      "640 /tmp/in\ncontent\n",
    );
    await ok(["cp", `${container.name}:/named`, folder.join("out")]);
    expect(readFileSync(folder.join("out"), "utf8")).toBe("content\n");
    expect(lstatSync(folder.join("out")).mode & 0o777).toBe(0o640);
  });

  test("folders: into what exists, as what does not, and only the contents with /.", async () => {
    using folder = new Folder();
    mkdirSync(folder.join("dir/sub"), { recursive: true });
    writeFileSync(folder.join("dir/sub/file"), "deep");
    symlinkSync("sub/file", folder.join("dir/link"));
    await using container = await sleeping(line);
    await ok(["cp", folder.join("dir"), `${container.name}:/tmp`]);
    await ok(["cp", folder.join("dir"), `${container.name}:/fresh`]);
    await ok(["cp", `${folder.join("dir")}/.`, `${container.name}:/root`]);
    const output = await container.exec(
      "cat /tmp/dir/sub/file /fresh/sub/file /root/sub/file; readlink /fresh/link",
    );
    expect(output.stdout).toBe("deepdeepdeepsub/file\n");
    mkdirSync(folder.join("target"));
    await ok(["cp", `${container.name}:/fresh`, folder.join("target")]);
    await ok(["cp", `${container.name}:/fresh`, folder.join("new")]);
    await ok(["cp", `${container.name}:/fresh/.`, folder.join("target")]);
    expect(readdirSync(folder.join("target")).sort()).toEqual(["fresh", "link", "sub"]);
    expect(readlinkSync(folder.join("new/link"))).toBe("sub/file");
    expect(readFileSync(folder.join("target/fresh/sub/file"), "utf8")).toBe("deep");
  });

  test("a link is copied as a link, with -L as what it points to", async () => {
    using folder = new Folder();
    await using container = await running(line, "echo data > /file; ln -s /file /link; sleep 1000");
    await ok(["cp", `${container.name}:/link`, folder.join("link")]);
    expect(lstatSync(folder.join("link")).isSymbolicLink()).toBe(true);
    await ok(["cp", "-L", `${container.name}:/link`, folder.join("file")]);
    expect(readFileSync(folder.join("file"), "utf8")).toBe("data\n");
  });

  test("owners are kept as they are", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("f"), "x");
    expect((await command(["chown", "123:456", folder.join("f")])).code).toBe(0);
    await using container = await sleeping(line);
    await ok(["cp", "-a", folder.join("f"), `${container.name}:/archived`]);
    await ok(["cp", folder.join("f"), `${container.name}:/plain`]);
    expect((await container.exec("stat -c %u:%g /archived /plain")).stdout).toBe("123:456\n123:456\n");
  });

  test("- is a tar stream, both ways", async () => {
    await using container = await sleeping(line);
    const archive = tar([{ name: "streamed", data: "bytes" }]);
    await ok(["cp", "-", `${container.name}:/tmp`], { stdin: archive });
    const { stdout } = await call(["cp", `${container.name}:/tmp/streamed`, "-"]);
    expect(stdout.slice(0, 8)).toBe("streamed");
    expect(stdout.slice(512, 517)).toBe("bytes");
  });

  test("works on what does not run, and into volumes", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("f"), "x\n");
    await using container = await created(line, "cat /f /vol/f", "-v", "/vol");
    await ok(["cp", folder.join("f"), `${container.name}:/f`]);
    await ok(["cp", folder.join("f"), `${container.name}:/vol/f`]);
    expect((await call(["start", "-a", container.name])).stdout).toBe("x\nx\n");
    await ok(["cp", `${container.name}:/vol/f`, folder.join("back")]);
    expect(readFileSync(folder.join("back"), "utf8")).toBe("x\n");
  });

  test("a whole container without what the kernel shows to its processes", async () => {
    using folder = new Folder();
    await using container = await sleeping(line, "--tmpfs", "/tmp");
    await container.exec("echo x >/tmp/f; echo x >/top");
    await ok(["cp", `${container.name}:/`, folder.join("all")]);
    const held = ["proc", "sys", "dev"].map((name) => readdirSync(folder.join("all", name)));
    expect(held).toEqual([[], [], []]);
    expect(readFileSync(folder.join("all/tmp/f"), "utf8")).toBe("x\n");
    await ok(["cp", `${container.name}:/proc/version`, folder.join("version")]);
    await ok(["cp", `${container.name}:/dev/null`, folder.join("null")]);
    expect(lstatSync(folder.join("null")).isCharacterDevice()).toBe(true);
  });

  test("what cannot be is refused, and says why", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("f"), "x");
    mkdirSync(folder.join("d"));
    await using container = await running(line, "sleep 1000", "-v", `${folder.path}:/ro:ro`);
    const refused = async (from: string, to: string, words: string) => {
      const result = await call(["cp", from, to]);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(words);
    };
    await refused(`${container.name}:/nonesuch`, folder.path, "Could not find the file /nonesuch");
    await refused("nonesuch:/f", folder.path, "No such container: nonesuch");
    await refused(folder.join("none"), `${container.name}:/`, "no such file or directory");
    await refused(folder.join("d"), `${container.name}:/etc/passwd`, "cannot copy directory");
    await refused(folder.join("f"), `${container.name}:/none/such`, "Could not find the file /none");
    await refused(folder.join("f"), `${container.name}:/ro/f2`, "read-only");
    expect(existsSync(folder.join("f2"))).toBe(false);
  });

  test("links in the container lead nowhere outside it", async () => {
    using folder = new Folder();
    using outside = new Folder();
    writeFileSync(folder.join("f"), "mine\n");
    writeFileSync(outside.join("secret"), "secret\n");
    const up = "../../../../../../../../../../../../..";
    await using container = await running(
      line,
      `ln -s ${outside.path} /abs; ln -s ${up}${outside.path} /rel; ln -s /rel /chain; sleep 1000`,
    );
    for (const link of ["/abs", "/rel", "/chain"]) {
      await call(["cp", folder.join("f"), `${container.name}:${link}/planted`]);
      await call(["cp", `${container.name}:${link}/secret`, folder.join("stolen")]);
      await call(["cp", `${container.name}:${up}${outside.path}/secret`, folder.join("stolen")]);
    }
    expect(readdirSync(outside.path)).toEqual(["secret"]);
    expect(existsSync(folder.join("stolen"))).toBe(false);
  });

  test("an archive cannot leave the place it is unpacked at", async () => {
    using outside = new Folder();
    await using container = await sleeping(line);
    const put = (archive: Buffer) =>
      fixture.engine.fetch(`/containers/${container.name}/archive?path=/tmp`, {
        method: "PUT",
        body: archive,
      });
    const responses = [
      await put(tar([{ name: `../../../../../../../..${outside.path}/a`, data: "x" }])),
      await put(
        tar([
          { name: "out", type: "2", link: outside.path },
          { name: "out/b", data: "x" },
        ]),
      ),
      await put(
        tar([
          { name: "hard", type: "1", link: "/etc/hostname" },
          { name: "hard", data: "overwritten" },
        ]),
      ),
    ];
    for (const response of responses) expect([200, 400, 403, 404, 500]).toContain(response.status);
    expect(readdirSync(outside.path)).toEqual([]);
    expect(readFileSync("/etc/hostname", "utf8")).not.toContain("overwritten");
    expect((await put(Buffer.from("this is no archive"))).status).not.toBe(200);
  });
});

test("HEAD and GET archive carry what the path is", async () => {
  const { engine } = fixture;
  const id = (
    await engine.slipway(["run", "-d", "busybox", "ln", "-s", "/etc/passwd", "/link"])
  ).stdout.trim();
  await engine.slipway(["wait", id]);
  const stat = (response: Response) =>
    JSON.parse(Buffer.from(response.headers.get("x-docker-container-path-stat") ?? "", "base64").toString());
  const head = await engine.fetch(`/containers/${id}/archive?path=/etc/passwd`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(stat(head)).toMatchObject({ name: "passwd", mode: 0o644, linkTarget: "" });
  const folder = await engine.fetch(`/containers/${id}/archive?path=/etc/`);
  expect(folder.headers.get("content-type")).toBe("application/x-tar");
  expect(stat(folder).mode).toBe(0x80000000 + 0o755);
  await folder.arrayBuffer();
  const link = await engine.fetch(`/containers/${id}/archive?path=/link`, { method: "HEAD" });
  expect(stat(link).mode >>> 0).toBe(0x8000000 + 0o777);
  expect((await engine.fetch(`/containers/${id}/archive?path=/none`)).status).toBe(404);
  expect((await engine.fetch(`/containers/${id}/archive`)).status).toBe(400);
  await engine.slipway(["rm", id]);
});

test("who looks at the files of a container that ends just then does not cost it its files", async () => {
  const { engine } = fixture;
  const id = (await engine.slipway(["create", "busybox", "true"])).stdout.trim();
  for (let round = 0; round < 5; round++) {
    await engine.slipway(["start", id]);
    const looks = Array.from({ length: 6 }, async () => {
      const response = await engine.fetch(`/containers/${id}/archive?path=/etc`);
      await response.arrayBuffer();
      return response.status;
    });
    // The process whose view of the files is shown may be gone in between; the files are not.
    for (const status of await Promise.all(looks)) expect(status).toBeOneOf([200, 404]);
    await engine.slipway(["wait", id]);
  }
  expect((await (await engine.fetch(`/containers/${id}/changes`)).json()) ?? []).toEqual([]);
  await engine.slipway(["rm", id]);
});

throughBoth("cp of a compressed archive", fixture, (line) => {
  const { ok, call } = line;
  const packed = (compressor: string): Buffer => {
    using folder = new Folder();
    writeFileSync(folder.join("a.tar"), tar([{ name: "file", data: compressor }]));
    return Bun.spawnSync([compressor, "-c", folder.join("a.tar")]).stdout;
  };

  test.each(["gzip", "bzip2", "xz", "zstd"])("unpacks %s", async (compressor) => {
    await using container = await created(line, "true");
    await ok(["cp", "-", `${container.name}:/tmp`], { stdin: packed(compressor) });
    expect((await call(["cp", `${container.name}:/tmp/file`, "-"])).stdout).toContain(compressor);
  });

  test.each(["gzip", "bzip2", "xz"])("says that %s is truncated", async (compressor) => {
    await using container = await created(line, "true");
    const stdin = packed(compressor).subarray(0, -9);
    const damaged = await call(["cp", "-", `${container.name}:/tmp`], { stdin });
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain("compression is damaged");
  });
});

/** What an archive of a folder in a container begins with, and the rest. Nobody reads on until asked to. */
async function begunArchive(id: string): Promise<() => Promise<Buffer>> {
  const url = `http://engine/containers/${id}/archive?path=/data`;
  const { status, body } = await fetch(url, { unix: fixture.engine.socket });
  expect(status).toBe(200);
  const reader = body!.getReader();
  const chunks = [(await reader.read()).value!];
  return async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    return Buffer.concat(chunks);
  };
}

/** More than fits between the files and a client that does not read, and after it what is mounted over them. */
const bulk =
  "dd if=/dev/zero of=/data/a bs=1M count=64; echo volume >/data/z/file; echo tmpfs >/data/zz/file; touch /ready";

async function withBulk(line: Parameters<typeof running>[0]) {
  const script = `${bulk}; sleep 1000`;
  const container = await running(line, script, "-v", "/data/z", "--tmpfs", "/data/zz");
  await until("the files are there", async () => (await container.exec("ls /ready")).code === 0);
  return container;
}

throughBoth("cp of a container that ends meanwhile", fixture, (line) => {
  test("gets everything, also from what was mounted", async () => {
    await using container = await withBulk(line);
    const rest = await begunArchive(container.name);
    await line.ok(["kill", container.name]);
    await line.ok(["wait", container.name]);
    const files = ["data/z/file", "data/zz/file"];
    const unpacked = await command(["tar", "-xO", ...files], { stdin: await rest() });
    expect(unpacked).toEqual({ code: 0, stdout: "volume\ntmpfs\n", stderr: "" });
    await line.ok(["start", container.name]);
    expect((await container.exec("cat /data/z/file")).stdout).toBe("volume\n");
  });

  test("is found while nobody has noticed its end yet", async () => {
    await using container = await running(line, "echo x >/file; read end", "-i");
    await until("the file is there", async () => (await container.exec("ls /file")).code === 0);
    const pid = Number(await container.inspect("{{.State.Pid}}"));
    process.kill(pid, "SIGKILL");
    for (let i = 0; i < 5; i++) {
      const { code, stderr } = await line.call(["cp", `${container.name}:/file`, "-"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
  });

  test("has no end that looks well when the container is removed", async () => {
    await using container = await withBulk(line);
    const rest = await begunArchive(container.name);
    await line.ok(["rm", "-f", "-v", container.name]);
    await expect(rest()).rejects.toThrow();
  });
});
