import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { command } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";
import { tar } from "../../support/tar.ts";

const fixture = withEngine();

throughBoth("import", fixture, (line) => {
  const { call, ok } = line;

  test("makes an image of a root, with what --change and --message say", async () => {
    using folder = new Folder();
    const image = `${uniqueName("imported")}:v1`;
    writeFileSync(
      folder.join("root.tar"),
      tar([
        { name: "etc/", type: "5" },
        { name: "etc/made", data: "x" },
      ]),
    );
    const id = await ok([
      ...["import", "-m", "the message", "-c", 'ENTRYPOINT ["/bin/app"]', "-c", "ENV A=1 B=2"],
      ...["-c", "EXPOSE 80", "-c", "USER 7", "-c", "WORKDIR /srv", "-c", "VOLUME /data"],
      ...["-c", "LABEL k=v", "-c", "STOPSIGNAL INT", "-c", "HEALTHCHECK --interval=1s CMD true"],
      ...[folder.join("root.tar"), image],
    ]);
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    const [it] = JSON.parse(await ok(["image", "inspect", image]));
    expect(it).toMatchObject({
      Id: id,
      RepoTags: [image],
      Comment: "the message",
      Os: "linux",
      Config: {
        Entrypoint: ["/bin/app"],
        ExposedPorts: { "80/tcp": {} },
        User: "7",
        WorkingDir: "/srv",
        Volumes: { "/data": {} },
        Labels: { k: "v" },
        StopSignal: "INT",
        Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 1_000_000_000 },
      },
    });
    expect(it.Config.Env).toEqual(expect.arrayContaining(["A=1", "B=2"]));
    await ok(["rmi", image]);
  });

  test("reads from a pipe, compressed too, and without a name", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("root.tar"), tar([{ name: "file", data: "x" }]));
    await command(["gzip", "-k", folder.join("root.tar")]);
    const id = await ok(["import", "-"], {
      stdin: new Uint8Array(await Bun.file(folder.join("root.tar.gz")).arrayBuffer()),
    });
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await ok(["image", "inspect", "-f", "{{json .RepoTags}}", id])).toBe("[]");
    expect(await ok(["images", "-q", "--no-trunc", "--filter", "dangling=true"])).toContain(id);
    await ok(["rmi", id]);
  });

  test("refuses what is no tar, instructions it does not know, names that cannot be", async () => {
    using folder = new Folder();
    writeFileSync(folder.join("text"), "this is not a tar archive, only text\n".repeat(100));
    writeFileSync(folder.join("root.tar"), tar([{ name: "file", data: "x" }]));
    const before = await ok(["images", "-aq", "--no-trunc"]);
    const text = await call(["import", folder.join("text"), "text:1"]);
    expect(text.code).toBe(1);
    const change = await call(["import", "-c", "RUN true", folder.join("root.tar"), "change:1"]);
    expect(change.code).toBe(1);
    expect(change.stderr.toLowerCase()).toContain("run is not a valid change command");
    const name = await call(["import", folder.join("root.tar"), "UPPER:1"]);
    expect(name.code).toBe(1);
    expect(name.stderr).toContain("must be lowercase");
    expect((await call(["import", folder.join("none.tar")])).code).toBe(1);
    expect(await ok(["images", "-aq", "--no-trunc"])).toBe(before);
  });
});
