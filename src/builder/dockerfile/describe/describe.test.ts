import { describe, expect, test } from "bun:test";
import type { BuildLocation } from "../../../api/build.ts";
import { base, optionsFor } from "../convert/testing.ts";
import { listTargets, outlineDockerfile } from "./index.ts";

const text = `# VERSION of the base
ARG VERSION=1.37
ARG BASE=busybox:\${VERSION}
ARG UNUSED
# base is what all build on
FROM $BASE AS base
# WHO is greeted
ARG WHO=world TARGETARCH
ARG VERSION
RUN --mount=type=secret,id=token,required=true --mount=type=ssh <<EOF
make
EOF
FROM scratch AS apart
ARG ELSEWHERE
# last has what is left
FROM --platform=$BUILDPLATFORM base AS last
COPY --from=other / /
RUN --mount=type=secret,id=other true
`;

const lines = (location: BuildLocation | undefined) => location?.ranges.map(({ start }) => start.line);

describe("an outline", () => {
  const outline = (target?: string, buildArgs: Record<string, string> = {}) =>
    outlineDockerfile(
      { ...optionsFor(text), buildArgs, ...(target === undefined ? {} : { targets: [target] }) },
      (reference) => (reference.includes("busybox") ? base("busybox") : undefined),
    );

  test("lists what a target and its bases take, with values, descriptions and places", async () => {
    const { args = [], secrets = [], ssh = [], ...rest } = await outline();
    expect(args.map(({ location, ...arg }) => [arg, lines(location)])).toEqual([
      [{ name: "VERSION", description: "of the base", value: "1.37" }, [2]],
      [{ name: "BASE", value: "busybox:1.37" }, [3]],
      [{ name: "WHO", description: "is greeted", value: "world" }, [8]],
    ]);
    expect(secrets.map(({ location, ...secret }) => [secret, lines(location)])).toEqual([
      [{ name: "token", required: true }, [10, 11, 12]],
      [{ name: "other" }, [18]],
    ]);
    expect(ssh).toMatchObject([{ name: "default" }]);
    expect(rest).toEqual({
      name: "last",
      description: "has what is left",
      sources: [Buffer.from(text).toString("base64")],
    });
  });

  test("shows what the request gives, and no more than the target needs", async () => {
    expect((await outline("apart")).args).toMatchObject([{ name: "ELSEWHERE" }]);
    const { args } = await outline("base", { WHO: "you", VERSION: "2" });
    expect(args?.map(({ name, value }) => `${name}=${value}`)).toEqual([
      "BASE=busybox:2",
      "WHO=you",
      "VERSION=2",
    ]);
    await expect(outline("nope")).rejects.toThrow('target stage "nope" could not be found');
  });
});

test("targets are the stages, the last one by default", () => {
  const { targets } = listTargets({ filename: "Dockerfile", text: "FROM a AS b\n# hm\nFROM b\n" });
  expect(targets).toEqual([
    { name: "b", base: "a", location: { ranges: [{ start: { line: 1 }, end: { line: 1 } }] } },
    { default: true, base: "b", location: { ranges: [{ start: { line: 3 }, end: { line: 3 } }] } },
  ]);
});
