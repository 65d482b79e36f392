import { describe, expect, test } from "bun:test";
import { hostPlatform } from "../../../oci/platform.ts";
import { convert, convertOne, execOf, failure, type Trial, warnings } from "./testing.ts";

/** The variables of the last RUN but for PATH. */
async function env(text: string, trial: Trial = {}): Promise<string[]> {
  const { tree } = await convertOne(text, trial);
  return execOf(tree).env.filter((entry) => !entry.startsWith("PATH="));
}

describe("ARG", () => {
  const given: Trial = { options: { buildArgs: { v: "given" } } };

  test("before the first FROM is for FROM; a stage has it when it declares it", async () => {
    const text = "ARG tag=12 name=debian:$tag v=x\nFROM ${name%:*}\n";
    expect(await env(`${text}RUN x`)).toEqual([]);
    expect(await env(`${text}ARG v tag\nRUN x`)).toEqual(["v=x", "tag=12"]);
    expect(await env(`${text}ARG v=own\nRUN x`)).toEqual(["v=own"]);
    expect(await env(`${text}ARG v=own\nRUN x`, given)).toEqual(["v=given"]);
  });

  test("counts from its line on, and in stages that go on from its stage", async () => {
    const text = "FROM debian AS a\nENV before=$v\nARG v=1\nENV after=$v\nFROM a\nRUN x";
    expect(await env(text)).toEqual(["v=1", "before=", "after=1"]);
    expect(await env("FROM debian AS a\nARG v=1\nFROM debian\nRUN x")).toEqual([]);
  });

  test("without a value is not set", async () => {
    expect(await env("FROM debian\nARG v\nENV e=${v:-none}\nRUN x")).toEqual(["e=none"]);
    expect(await env("FROM debian\nARG v\nENV e=${v:-none}\nRUN x", given)).toEqual(["v=given", "e=given"]);
  });

  test("is overruled by ENV after it", async () => {
    expect(await env("FROM debian\nARG v\nENV v=env-$v\nRUN x", given)).toEqual(["v=env-given"]);
    const { history } = await convertOne("FROM debian\nARG v\nENV v=env\nRUN x", given);
    expect(history.at(-1)?.created_by).toBe("RUN |1 v=env /bin/sh -c x # buildkit");
  });

  test("has its platform ones only where it is declared", async () => {
    const text =
      "FROM --platform=$BUILDPLATFORM debian\nARG TARGETARCH TARGETVARIANT BUILDARCH TARGETSTAGE\nRUN x";
    const platforms = [{ os: "linux", architecture: "arm", variant: "v7" }];
    const { tree, platform } = await convertOne(text, { options: { platforms } });
    const { architecture } = hostPlatform();
    expect(execOf(tree).env.slice(1)).toEqual([
      "TARGETARCH=arm",
      "TARGETVARIANT=v7",
      `BUILDARCH=${architecture}`,
      "TARGETSTAGE=default",
    ]);
    expect(execOf(tree).platform.architecture).toBe(architecture);
    expect(platform).toEqual({ os: "linux", architecture: "arm", variant: "v7" });
  });

  test("names like those of objects are nothing special", async () => {
    expect(await env("FROM debian\nARG constructor\nARG __proto__=1\nRUN x")).toEqual(["__proto__=1"]);
  });

  test("that nobody declares is warned of, but for those that are known", async () => {
    const buildArgs = {
      b: "1",
      a: "2",
      HTTP_PROXY: "p",
      no_proxy: "q",
      SOURCE_DATE_EPOCH: "0",
      BUILDKIT_INLINE_CACHE: "1",
    };
    const result = await convert("FROM debian\nARG c", { options: { buildArgs } });
    expect(warnings(result)).toEqual(["One or more build-args [a b] were not consumed"]);
  });

  test("errors have their place", async () => {
    const { message, range } = await failure("ARG v\nFROM debian\nRUN x\nENV a=${v:?missing}");
    expect([message, range.start.line]).toEqual(['failed to process "${v:?missing}": v: missing', 4]);
    expect((await failure("ARG v\nFROM $v")).message).toBe("base name ($v) should not be blank");
    expect((await failure("ARG v=${x?}\nFROM debian")).range.start.line).toBe(1);
    expect((await failure("FROM --platform=$TARGTPLATFORM debian")).message).toBe(
      "empty platform value from expression $TARGTPLATFORM (did you mean TARGETPLATFORM?)",
    );
  });
});

describe("ENV", () => {
  test("does not see its own line", async () => {
    expect(await env("FROM debian\nENV a=hello\nENV a=bye b=$a\nENV c=$a\nRUN x")).toEqual([
      "a=bye",
      "b=hello",
      "c=bye",
    ]);
  });

  test("is replaced where the reference says so, and nowhere else", async () => {
    const text = `FROM debian
      ENV d=/data p=80 u=me s=SIGINT k=key
      LABEL $k=$u
      WORKDIR $d/\${missing:-x}
      VOLUME $d
      EXPOSE $p
      USER $u
      STOPSIGNAL $s
      SHELL ["$d"]
      ENTRYPOINT ["$d"]
      CMD $d
      ONBUILD RUN $d`;
    const { config } = (await convertOne(text)).config;
    expect(config).toMatchObject({
      Labels: { key: "me" },
      WorkingDir: "/data/x",
      Volumes: { "/data": {} },
      ExposedPorts: { "80/tcp": {} },
      User: "me",
      StopSignal: "SIGINT",
      Shell: ["$d"],
      Entrypoint: ["$d"],
      Cmd: ["$d", "$d"],
      OnBuild: ["RUN $d"],
    });
  });
});

describe("EXPOSE", () => {
  for (const [text, message] of [
    ["80/xyz", 'invalid port: "80/xyz": invalid proto: xyz'],
    ["/tcp", 'invalid port: "/tcp": no port specified'],
    ["a", "invalid containerPort: a"],
    ["70000", "invalid containerPort: 70000"],
    ["90-80", "invalid containerPort: 90-80"],
    ["x:80", "invalid hostPort: x"],
    ["host:1:80", "invalid IP address: host"],
    ["1-3:80-81", "invalid ranges specified for container and host Ports: 80-81 and 1-3"],
  ])
    test(`refuses ${text}`, async () => {
      expect((await failure(`FROM debian\nEXPOSE ${text}`)).message).toBe(message!);
    });

  test("takes what run -p takes, without effect", async () => {
    const { config } = await convertOne("FROM debian\nEXPOSE [::1]:8080:80/TCP 127.0.0.1:9:90 7-8:70");
    expect(config.config?.ExposedPorts).toEqual({ "70/tcp": {}, "80/tcp": {}, "90/tcp": {} });
  });
});
