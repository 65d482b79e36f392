/* Dockerfiles as people write them, each built through both command lines. */
import { expect, test } from "bun:test";
import { built, classic, contextWith, shell } from "../../support/build.ts";
import { command } from "../../support/engine.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";
import { tar } from "../../support/tar.ts";

const fixture = withEngine();
const hasGcc = Bun.which("gcc") !== null;

throughBoth("build", fixture, (line) => {
  const { call, ok } = line;
  const build = async (files: Record<string, string>, args: string[] = []) => {
    using folder = contextWith(files);
    return await built(line, folder, args);
  };

  test("stages: what one makes the next takes, and the last is the image", async () => {
    const image = await build({
      Dockerfile: `
        FROM busybox AS compile
        WORKDIR /src
        COPY main.txt .
        RUN tr a-z A-Z < main.txt > program
        FROM busybox AS unneeded
        RUN exit 1
        FROM busybox
        COPY --from=compile /src/program /bin/program
        USER 1000:1000
        EXPOSE 80/tcp 53/udp
        VOLUME /data
        STOPSIGNAL SIGINT
        LABEL team=a
        HEALTHCHECK --interval=5s --retries=2 CMD true
        CMD ["cat", "/bin/program"]
      `,
      "main.txt": "hello\n",
    });
    expect(await ok(["run", "--rm", image])).toBe("HELLO");
    const [{ Config, RepoTags }] = JSON.parse(await ok(["image", "inspect", image]));
    expect(RepoTags).toContain(`${image}:latest`);
    expect(Config).toMatchObject({
      User: "1000:1000",
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Volumes: { "/data": {} },
      StopSignal: "SIGINT",
      Labels: { team: "a" },
      Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 5e9, Retries: 2 },
      Cmd: ["cat", "/bin/program"],
    });
    const history = (await ok(["history", "--no-trunc", "--format", "{{.CreatedBy}}", image])).split("\n");
    expect(history.slice(0, 2)).toEqual([
      'CMD ["cat" "/bin/program"]',
      "HEALTHCHECK {Test:[CMD-SHELL true] Interval:5s Timeout:0s StartPeriod:0s StartInterval:0s Retries:2}",
    ]);
    expect(history).toContain("COPY /src/program /bin/program # buildkit");
  });

  test("heredocs: scripts of shells and of other interpreters, files with and without expansion", async () => {
    const image = await build({
      Dockerfile: [
        "FROM busybox",
        "ARG NAME=world",
        "RUN <<EOF",
        "set -e",
        "mkdir /made",
        "echo one > /made/one",
        "EOF",
        "RUN <<-'EOF'",
        "\t#!/bin/cat",
        "\tnever run by a shell $NAME",
        "\tEOF",
        "COPY <<EOF <<'RAW' /made/",
        "hello $NAME",
        "EOF",
        "hello $NAME",
        "RAW",
        "",
      ].join("\n"),
    });
    expect(await shell(line, image, "cd /made; cat one EOF RAW")).toBe("one\nhello world\nhello $NAME");
  });

  test("cache mounts stay between builds and are in no image", async () => {
    const id = uniqueName("cache");
    const files = (step: number) => ({
      Dockerfile: `
        FROM busybox
        RUN --mount=type=cache,id=${id},target=/cache echo ${step} >> /cache/steps && cp /cache/steps /steps
      `,
    });
    await build(files(1));
    const image = await build(files(2));
    expect(await shell(line, image, "cat /steps; ls -A /cache 2>/dev/null | wc -l")).toBe("1\n2\n0");
  });

  test("ONBUILD runs in the image that goes on from it", async () => {
    const base = await build({
      Dockerfile: `
        FROM busybox
        WORKDIR /app
        ONBUILD COPY . /app
        ONBUILD RUN wc -c < input > size
      `,
    });
    const image = await build({ Dockerfile: `FROM ${base}\n`, input: "12345" });
    expect(await shell(line, image, "cat /app/size")).toBe("5");
  });

  test.skipIf(!hasGcc)("a static C program alone in an image from scratch", async () => {
    using folder = contextWith({
      "main.c": '#include <unistd.h>\nint main(void){write(1,"static\\n",7);return 0;}\n',
      Dockerfile: 'FROM scratch\nCOPY program /program\nENTRYPOINT ["/program"]\n',
    });
    const compiled = await command([
      "gcc",
      "-static",
      "-O2",
      "-o",
      folder.join("program"),
      folder.join("main.c"),
    ]);
    expect(compiled).toMatchObject({ code: 0 });
    const image = await built(line, folder);
    expect(await ok(["run", "--rm", image])).toBe("static");
    expect(await ok(["run", "--rm", image])).toBe("static");
    expect(JSON.parse(await ok(["image", "inspect", image]))[0].RootFS.Layers).toHaveLength(1);
  });

  test(".dockerignore keeps files out, and exceptions bring them back", async () => {
    const image = await build({
      Dockerfile: "FROM busybox\nCOPY . /c\n",
      ".dockerignore": "# comment\n*.log\n**/node_modules\n!keep.log\nsecret*\n",
      "a.log": "",
      "keep.log": "",
      "app/node_modules/x/index.js": "",
      "app/index.js": "",
      "secret.key": "",
    });
    const found = await shell(line, image, "cd /c; find . -type f | sort");
    expect(found.split("\n")).toEqual(["./.dockerignore", "./Dockerfile", "./app/index.js", "./keep.log"]);
  });

  test("COPY: parents, owners by name, modes, wildcards, links, and what is left out", async () => {
    const image = await build({
      Dockerfile: `
        FROM busybox
        RUN mkdir -p /etc && echo "app:x:1234:1235::/:/bin/sh" >> /etc/passwd && echo "app:x:1235:" >> /etc/group
        COPY --parents src/./a/*.txt /parents/
        COPY --chown=app:app --chmod=640 one.txt /owned/
        COPY --chmod=u=rwX,go= src /modes/
        COPY --exclude=*.md src/a /left/
        COPY --link one.txt /linked/deep/one.txt
      `,
      "one.txt": "1",
      "src/a/x.txt": "x",
      "src/a/y.txt": "y",
      "src/a/readme.md": "z",
    });
    const script =
      "find /parents /left /linked -type f | sort; stat -c '%U %G %a' /owned/one.txt; stat -c '%a' /modes/a /modes/a/x.txt";
    expect((await shell(line, image, script)).split("\n")).toEqual([
      ...["/left/x.txt", "/left/y.txt", "/linked/deep/one.txt", "/parents/a/x.txt", "/parents/a/y.txt"],
      ...["app app 640", "700", "600"],
    ]);
  });

  test("ADD unpacks archives whatever their name", async () => {
    using folder = contextWith({
      Dockerfile: "FROM busybox\nADD files.dat /out/\nADD plain.txt /out/\n",
      "plain.txt": "p",
    });
    await Bun.write(
      folder.join("files.dat"),
      Bun.gzipSync(new Uint8Array(tar([{ name: "inner/file", data: "inside" }]))),
    );
    const image = await built(line, folder);
    expect(await shell(line, image, "cat /out/inner/file /out/plain.txt")).toBe("insidep");
  });

  test("ARG: global, of a stage, given on the command line, and gone at run time", async () => {
    const image = await build(
      {
        Dockerfile: `
          ARG BASE=busybox
          ARG COLOUR=red
          FROM \${BASE} AS first
          RUN echo "first:$COLOUR" > /first
          FROM first
          ARG COLOUR
          ARG SIZE=\${COLOUR:+large}
          ENV SIZE=$SIZE
          RUN echo "$COLOUR $SIZE $TARGETARCH" > /second
        `,
      },
      ["--build-arg", "COLOUR=blue"],
    );
    expect(await shell(line, image, 'cat /first /second; echo "$COLOUR|$SIZE"')).toBe(
      "first:\nblue large \n|large",
    );
  });

  test("a target stops at its stage, and labels come from the command line", async () => {
    const image = await build(
      { Dockerfile: "FROM busybox AS one\nRUN echo 1 > /n\nFROM one AS two\nRUN exit 1\n" },
      ["--target", "one", "--label", "built=yes"],
    );
    expect(await shell(line, image, "cat /n")).toBe("1");
    expect(await ok(["image", "inspect", "--format", "{{.Config.Labels.built}}", image])).toBe("yes");
  });

  test("SHELL, ENV and WORKDIR hold for what comes after them", async () => {
    const image = await build({
      Dockerfile: `
        FROM busybox
        ENV ROOT=/opt NAME="with space"
        WORKDIR $ROOT/app
        SHELL ["/bin/sh", "-ec"]
        RUN pwd > here; echo "$NAME" > name
        WORKDIR sub
        ENTRYPOINT ["pwd"]
      `,
    });
    expect(await ok(["run", "--rm", image])).toBe("/opt/app/sub");
    expect(await shell(line, image, "cat /opt/app/here /opt/app/name")).toBe("/opt/app\nwith space");
  });

  test("a step that fails ends the build with its exit code, and its output is told", async () => {
    using folder = contextWith({ Dockerfile: "FROM busybox\nRUN echo said before; exit 42\nRUN true\n" });
    const { code, stdout, stderr } = await call(["build", folder.path], { env: classic });
    expect(code).toBe(42);
    expect(stdout + stderr).toContain("said before");
    expect(stderr).toMatch(line.name === "docker" ? /returned a non-zero code: 42/ : /exit code: 42/);
  });

  test("an image that is built again is found in the cache, with the same id", async () => {
    using folder = contextWith({ Dockerfile: "FROM busybox\nCOPY a /a\nRUN date +%N > /when\n", a: "1" });
    const ids = [];
    for (let round = 0; round < 2; round++)
      ids.push(await ok(["build", "-q", folder.path], { env: classic }));
    expect(ids[1]).toBe(ids[0] as string);
    expect(ids[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
    const anew = await ok(["build", "-q", "--no-cache", folder.path], { env: classic });
    expect(anew).not.toBe(ids[0] as string);
  });

  test("a name that moves to another image leaves the old one without", async () => {
    using folder = contextWith({ Dockerfile: "FROM busybox\nRUN echo 1 > /n\n" });
    const name = uniqueName("moving");
    await ok(["build", "-t", name, folder.path], { env: classic });
    const old = await ok(["image", "inspect", "--format", "{{.Id}}", name]);
    await Bun.write(folder.join("Dockerfile"), "FROM busybox\nRUN echo 2 > /n\n");
    await ok(["build", "-t", name, folder.path], { env: classic });
    expect(await ok(["images", "-q", "--no-trunc", "--filter", "dangling=true"])).toContain(old);
    await ok(["image", "rm", old]);
    expect(await shell(line, name, "cat /n")).toBe("2");
  });

  test("mistakes are told with their place and what may be meant", async () => {
    const cases: [string, RegExp][] = [
      ["FROM busybox\nRUNN true\n", /unknown instruction: RUNN \(did you mean RUN\?\)/],
      ["FROM busybox AS one\nCOPY --from=onne /x /y\n", /onne/],
      ["FROM busybox\nCOPY missing /x\n", /"\/missing": not found/],
      [
        "FROM a AS a\nFROM b AS b\nCOPY --from=c / /\nFROM busybox AS c\nCOPY --from=b / /\n",
        /circular dependency/,
      ],
      ["FROM busybox\nCOPY ../outside /x\n", /not found|forbidden/],
      ["RUN true\n", /no build stage in current context/],
      ["", /cannot be empty/],
    ];
    for (const [Dockerfile, message] of cases) {
      using folder = contextWith({ Dockerfile });
      const { code, stderr } = await call(["build", folder.path], { env: classic });
      expect({ Dockerfile, code }).toEqual({ Dockerfile, code: 1 });
      expect(stderr).toMatch(message);
    }
  });
});
