import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { running, sleeping } from "../../support/containers.ts";
import { command } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("what a container changed:", fixture, (line) => {
  const { call, ok } = line;

  test("diff tells what was added, changed and deleted", async () => {
    await using container = await running(
      line,
      "mkdir /new; echo a > /new/file; echo b >> /etc/passwd; rm /etc/group; echo c > /vol/c; sleep 1000",
      ...["-v", "/vol"],
    );
    await container.exec("until [ -e /vol/c ]; do sleep 0.01; done");
    expect((await ok(["diff", container.name])).split("\n").sort()).toEqual([
      "A /new",
      "A /new/file",
      "A /vol",
      "C /etc",
      "C /etc/passwd",
      "D /etc/group",
    ]);
  });

  test("nothing changed is nothing", async () => {
    await using container = await sleeping(line);
    expect(await ok(["diff", container.name])).toBe("");
    expect((await call(["diff", "nonesuch"])).stderr).toContain("No such container: nonesuch");
  });

  test("export is a tar of the whole root, to a file or to a pipe", async () => {
    using folder = new Folder();
    await using container = await running(line, "echo data > /made; rm /etc/group; ln -s made /link");
    await ok(["wait", container.name]);
    await ok(["export", "-o", folder.join("root.tar"), container.name]);
    const list = (await command(["tar", "-tf", folder.join("root.tar")])).stdout.split("\n");
    const names = list.map((name) => name.replace(/^\.?\//, "").replace(/\/$/, ""));
    expect(names).toContain("made");
    expect(names).toContain("bin/busybox");
    expect(names).not.toContain("etc/group");
    const read = await command(["tar", "-xOf", folder.join("root.tar"), "made"]);
    expect(read.stdout).toBe("data\n");
    const piped = await call(["export", container.name]);
    expect(piped.stdout.length).toBeGreaterThan(1_000_000);
    expect((await call(["export", "-o", folder.join("x"), "nonesuch"])).code).toBe(1);
  });

  test("what was exported is imported", async () => {
    using folder = new Folder();
    const image = uniqueName("imported");
    await using container = await running(line, "echo data > /made");
    await ok(["wait", container.name]);
    await ok(["export", "-o", folder.join("root.tar"), container.name]);
    expect(await ok(["import", "-c", "CMD cat /made", folder.join("root.tar"), `${image}:1`])).toMatch(
      /^sha256:[0-9a-f]{64}$/,
    );
    expect(await ok(["run", "--rm", `${image}:1`])).toBe("data");
    await ok(["rmi", `${image}:1`]);
    expect(readFileSync(folder.join("root.tar")).length).toBeGreaterThan(1_000_000);
  });

  test("commit makes an image of the changes", async () => {
    const image = uniqueName("committed");
    await using container = await running(
      line,
      "echo data > /made; rm /etc/group; sleep 1000",
      "-e",
      "KEPT=1",
    );
    await container.exec("until [ ! -e /etc/group ]; do sleep 0.01; done");
    const id = await ok([
      ...["commit", "-a", "Ann Author <ann@example.org>", "-m", "a message"],
      ...[
        "-c",
        'CMD ["cat", "/made"]',
        "-c",
        "ENV MORE=2",
        "-c",
        "LABEL l=v",
        container.name,
        `${image}:tag`,
      ],
    ]);
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await container.status()).toBe("running");
    expect(await ok(["run", "--rm", `${image}:tag`])).toBe("data");
    expect(
      await ok(["run", "--rm", id, "sh", "-c", "echo $KEPT$MORE; ls /etc/group 2>&1"]).catch(String),
    ).toContain("12");
    const [it] = JSON.parse(await ok(["image", "inspect", `${image}:tag`]));
    expect(it).toMatchObject({
      Id: id,
      RepoTags: [`${image}:tag`],
      Author: "Ann Author <ann@example.org>",
      Comment: "a message",
      Config: { Cmd: ["cat", "/made"], Labels: { l: "v" } },
    });
    expect(it.RootFS.Layers).toHaveLength(2);
    const history = await ok(["history", "--no-trunc", "--format", "{{.Comment}}", `${image}:tag`]);
    expect(history.split("\n")[0]).toBe("a message");
    await ok(["rmi", `${image}:tag`]);
  });

  test("commit refuses bad references and instructions", async () => {
    await using container = await sleeping(line);
    const reference = await call(["commit", container.name, "UPPER"]);
    expect(reference.code).toBe(1);
    expect(reference.stderr).toContain("must be lowercase");
    const instruction = await call(["commit", "-c", "RUN true", container.name, "image"]);
    expect(instruction.code).toBe(1);
    expect(instruction.stderr.toLowerCase()).toContain("run is not a valid change command");
    expect((await call(["commit", "nonesuch", "image"])).stderr).toContain("No such container: nonesuch");
  });
});
