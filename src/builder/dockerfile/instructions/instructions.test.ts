import { describe, expect, test } from "bun:test";
import { DockerfileError, parseDockerfile } from "../parser/index.ts";
import { type Command, parseMount, readStages } from "./index.ts";

function read(text: string) {
  const source = { filename: "Dockerfile", text };
  return readStages(parseDockerfile(source).nodes, source);
}

/** The instruction after `FROM a`, without how it is written. */
function one(text: string): Omit<Command, "node" | "code"> {
  const { node: _, code: __, ...meaning } = read(`FROM a\n${text}`).stages[0]!.commands[0]!;
  return meaning;
}

function failure(text: string): DockerfileError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
  throw new Error("the file was taken");
}

const files = { documents: [], chown: "", chmod: "", link: false, exclude: [] };

const meanings: [string, object][] = [
  ["ENV a=b", { kind: "env", pairs: [{ key: "a", value: "b", delimiter: true, offset: 4 }] }],
  ["USER app:app", { kind: "user", text: "app:app" }],
  ["WORKDIR /a b", { kind: "workdir", text: "/a b" }],
  ["EXPOSE 9 80/udp 10", { kind: "expose", words: ["10", "80/udp", "9"] }],
  [
    "ARG a b=c d=",
    {
      kind: "arg",
      definitions: [
        { key: "a", value: undefined },
        { key: "b", value: "c" },
        { key: "d", value: "" },
      ],
    },
  ],
  ["CMD a b", { kind: "cmd", args: ["a b"], shell: true, heredocs: [] }],
  ["ENTRYPOINT []", { kind: "entrypoint", args: [], shell: false, heredocs: [] }],
  ['SHELL ["a", "-c"]', { kind: "shell", shell: ["a", "-c"] }],
  ["HEALTHCHECK NONE", { kind: "healthcheck", check: { Test: ["NONE"] } }],
  [
    "HEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=5ms --start-interval=1h --retries=3 CMD a b",
    {
      kind: "healthcheck",
      check: {
        Test: ["CMD-SHELL", "a b"],
        Interval: 9e10,
        Timeout: 1.5e9,
        StartPeriod: 5e6,
        StartInterval: 3.6e12,
        Retries: 3,
      },
    },
  ],
  ['HEALTHCHECK --interval=0s CMD ["a"]', { kind: "healthcheck", check: { Test: ["CMD", "a"] } }],
  [
    "COPY --from=b --chown=u:g --chmod=u=rwX --link --parents --exclude=*.o --exclude=x a b /c/",
    {
      kind: "copy",
      ...files,
      sources: ["a", "b"],
      destination: "/c/",
      from: "b",
      chown: "u:g",
      chmod: "u=rwX",
      link: true,
      parents: true,
      exclude: ["*.o", "x"],
    },
  ],
  [
    "ADD --keep-git-dir=false --unpack --checksum=sha256:0 https://x /c",
    {
      kind: "add",
      ...files,
      sources: ["https://x"],
      destination: "/c",
      keepGitDirectory: false,
      unpack: true,
      checksum: "sha256:0",
    },
  ],
  [
    "COPY <<-A <<'B' x /c/\n\ta\n\tA\n\tb $x\nB",
    {
      kind: "copy",
      ...files,
      sources: ["x"],
      destination: "/c/",
      documents: [
        { name: "A", content: "a\n", expand: true },
        { name: "B", content: "\tb $x\n", expand: false },
      ],
      from: "",
      parents: false,
    },
  ],
  [
    "RUN --network=none --security=insecure --mount=type=tmpfs,target=/x --mount=target=/y make",
    {
      kind: "run",
      args: ["make"],
      shell: true,
      heredocs: [],
      mounts: ["type=tmpfs,target=/x", "target=/y"],
      network: "none",
      security: "insecure",
    },
  ],
  ["ONBUILD COPY --from=a <<X /y\nz\nX", { kind: "onbuild", trigger: "COPY --from=a <<X /y\nz\nX" }],
];

describe("instructions", () => {
  for (const [text, meaning] of meanings)
    test(text.split("\n")[0]!, () => {
      expect(one(text)).toEqual(meaning as never);
    });

  test("stages and what is before them", () => {
    const { stages, globals } = read("ARG a=b\nFROM --platform=$x debian AS Base\nRUN a\nFROM base\nCMD b");
    expect(globals.map(({ definitions }) => definitions)).toEqual([[{ key: "a", value: "b" }]]);
    expect(
      stages.map(({ from, index, commands }) => [
        from.base,
        from.name,
        from.platform,
        index,
        commands.length,
      ]),
    ).toEqual([
      ["debian", "base", "$x", 0, 1],
      ["base", "", "", 1, 1],
    ]);
  });
});

/** Each: what stands after `FROM a`, the message, and the characters of the line that it points at. */
const errors: [string, string, string][] = [
  ["RUNN a", "unknown instruction: RUNN (did you mean RUN?)", "RUNN"],
  ["entripoint a", "unknown instruction: entripoint (did you mean entrypoint?)", "entripoint"],
  ["MAKE a", "unknown instruction: MAKE", "MAKE"],
  ["FROM", "FROM requires either one or three arguments", "FROM"],
  ["FROM a AS", "FROM requires either one or three arguments", "FROM a AS"],
  [
    "FROM a as 1b",
    `invalid name for build stage: "1b", name can't start with a number or contain symbols`,
    "1b",
  ],
  ["FROM --platfrom=x a", "unknown flag: --platfrom (did you mean platform?)", "--platfrom=x"],
  [
    "COPY a",
    "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
    "COPY a",
  ],
  [
    "ADD a",
    "ADD requires at least two arguments, but only one was provided. Destination could not be determined",
    "ADD a",
  ],
  ["COPY --form=a b c", "unknown flag: --form (did you mean from?)", "--form=a"],
  ["ADD --from=a b c", "unknown flag: --from", "--from=a"],
  ["COPY --from a b c", "missing a value on flag: --from", "--from"],
  ["COPY --link=yes a b", "expecting boolean value for flag --link, not: yes", "--link=yes"],
  ["COPY --link= a b", "missing a value on flag: --link", "--link="],
  ["COPY --chown=a --chown=b c d", "duplicate flag specified: --chown", "--chown=b"],
  ["RUN --network=bridge a", 'invalid network mode "bridge"', "--network=bridge"],
  ["RUN --security=x a", 'security "x" is not valid', "--security=x"],
  [
    "RUN --mount=from=$a,target=/x a",
    "'from' doesn't support variable expansion, define alias stage instead",
    "RUN --mount=from=$a,target=/x a",
  ],
  ["CMD --x a", "unknown flag: --x", "--x"],
  ["SHELL a", "SHELL requires the arguments to be in JSON form", "SHELL a"],
  ["SHELL []", "SHELL requires at least one argument", "SHELL []"],
  ["ENV =a", "ENV names can not be blank", "="],
  ["ENV", "ENV requires at least one argument", "ENV"],
  ["LABEL", "LABEL requires at least one argument", "LABEL"],
  ["ARG =a", "ARG names can not be blank", "=a"],
  ["ARG", "ARG requires at least one argument", "ARG"],
  ["USER", "USER requires exactly one argument", "USER"],
  ["WORKDIR", "WORKDIR requires exactly one argument", "WORKDIR"],
  ["EXPOSE", "EXPOSE requires at least one argument", "EXPOSE"],
  ["VOLUME", "VOLUME requires at least one argument", "VOLUME"],
  ['VOLUME [" "]', "VOLUME specified can not be an empty string", 'VOLUME [" "]'],
  ["HEALTHCHECK", "HEALTHCHECK requires at least one argument", "HEALTHCHECK"],
  ["HEALTHCHECK NONE a", "HEALTHCHECK NONE takes no arguments", "a"],
  ["HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD", "HEALTHCHECK CMD"],
  ["HEALTHCHECK FOO a", 'Unknown type "FOO" in HEALTHCHECK (try CMD)', "FOO"],
  [
    "HEALTHCHECK --interval=1us CMD a",
    'Interval "interval" cannot be less than 1ms',
    "HEALTHCHECK --interval=1us CMD a",
  ],
  ["HEALTHCHECK --timeout=soon CMD a", 'time: invalid duration "soon"', "HEALTHCHECK --timeout=soon CMD a"],
  ["HEALTHCHECK --retries=-1 CMD a", "--retries cannot be negative (-1)", "HEALTHCHECK --retries=-1 CMD a"],
  ["ONBUILD", "ONBUILD requires at least one argument", "ONBUILD"],
  ["ONBUILD ONBUILD RUN a", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", "ONBUILD ONBUILD RUN a"],
  ["ONBUILD FROM a", "FROM isn't allowed as an ONBUILD trigger", "ONBUILD FROM a"],
];

describe("errors", () => {
  for (const [text, message, at] of errors)
    test(text, () => {
      const { kind, message: told, range } = failure(`FROM a\n${text}`);
      expect([kind, told]).toEqual(["invalid", `dockerfile parse error on line 2: ${message}`]);
      expect(text.slice(range.start.character, range.end.character)).toBe(at);
    });

  test("a heredoc is no destination", () => {
    const { message } = failure("FROM a\nCOPY b <<C\nC");
    expect(message).toBe("dockerfile parse error on line 2: COPY cannot accept a heredoc as a destination");
  });

  test("instructions need a stage", () => {
    expect(failure("RUN a").message).toBe(
      "dockerfile parse error on line 1: no build stage in current context",
    );
    expect(failure("ARG a").message).toBe(
      "dockerfile parse error on line 1: dockerfile contains no stages to build",
    );
  });
});

const upper = (word: string): string => word.replace("$X", "value");
const bind = { type: "bind", from: "", source: "", target: "", readonly: true, id: "", required: false };

const mounts: [string, object][] = [
  ["target=/a", { ...bind, target: "/a" }],
  [
    "type=bind,from=b,src=/c,dst=$X,rw",
    { ...bind, from: "b", source: "/c", target: "value", readonly: false },
  ],
  ["type=bind,destination=/c,readonly=false", { ...bind, target: "/c", readonly: false }],
  [
    "type=cache,target=/c,id=x,sharing=locked,mode=0700,uid=1,gid=2",
    {
      ...bind,
      type: "cache",
      target: "/c",
      readonly: false,
      id: "x",
      sharing: "locked",
      mode: 0o700,
      uid: 1,
      gid: 2,
    },
  ],
  ["type=cache,target=/c,ro", { ...bind, type: "cache", target: "/c" }],
  [
    "type=tmpfs,target=/t,size=64m",
    { ...bind, type: "tmpfs", target: "/t", readonly: false, size: 64 << 20 },
  ],
  ["type=secret,id=a,env=B,required", { ...bind, type: "secret", id: "a", env: "B", required: true }],
  ["type=ssh,required=false", { ...bind, type: "ssh" }],
  ['type=bind,"target=/a,b"', { ...bind, target: "/a,b" }],
];

const badMounts: [string, string][] = [
  ["type=bnd", 'unsupported mount type "bnd" (did you mean bind?)'],
  ["type=cache,sharing=lock", 'unsupported sharing value "lock" (did you mean locked?)'],
  ["target", "invalid field 'target' must be a key=value pair"],
  ["tarhet=/a", "unexpected key 'tarhet' in 'tarhet=/a' (did you mean target?)"],
  ["type=cache,size=1", "unexpected key 'size' for mount type 'cache'"],
  ["type=tmpfs,size=much", "invalid value for size: much"],
  ["type=bind,required", "unexpected key 'required' for mount type 'bind'"],
  ["type=cache,ro=maybe", "invalid value for ro: maybe"],
  ["type=cache,mode=9", "invalid value 9 for mode"],
  ["type=cache,uid=root", "invalid value root for uid"],
  ["type=bind,mode=1", 'mode not allowed for "bind" type mounts'],
  ["type=tmpfs,gid=1", 'gid not allowed for "tmpfs" type mounts'],
  ["type=bind,sharing=shared", "invalid cache sharing set for bind mount"],
  ["type=secret", "invalid secret mount. one of source, target required"],
  ["type=secret,id=a,src=b", "both source and id can't be set"],
  ["type=secret,id=a,from=b", "secret mount should not have a from"],
  ["type=secret,id=a,sharing=shared", "secret mount should not define sharing"],
  ["type=ssh,src=a", "ssh does not support source"],
  ['type=bind,"a', "failed to parse csv mounts"],
];

describe("mounts", () => {
  for (const [text, expected] of mounts)
    test(text, () => {
      expect(parseMount(text, upper)).toEqual(expected as never);
    });

  for (const [text, message] of badMounts)
    test(text, () => {
      expect(() => parseMount(text, upper)).toThrow(message);
    });
});
