import { describe, expect, test } from "bun:test";
import type { NamedContext } from "./model.ts";
import { actionsOf, convertOne, execOf, vertices } from "./testing.ts";

const contexts = new Map<string, NamedContext>([
  ["context", { kind: "local", name: "context", ignore: ["x"] }],
  ["files", { kind: "local", name: "files", ignore: [] }],
  ["alpine", { kind: "image", reference: "docker.io/library/busybox:latest" }],
  ["source", { kind: "git", url: "https://example.org/a.git#main:sub" }],
  ["base", { kind: "image", reference: "docker.io/library/debian:latest" }],
]);

describe("named contexts", () => {
  test("stand for images, for sources, and for stages", async () => {
    const { tree } = await convertOne(
      `FROM missing AS base
       RUN gone
       FROM alpine:latest
       COPY --from=files a b
       COPY --from=source a b
       COPY --from=base a b
       COPY a b
       RUN --mount=from=files,target=/f x`,
      { options: { contexts } },
    );
    expect(vertices(tree).map(({ op, name }) => [op.kind, name])).toEqual([
      ["image", "[context alpine:latest] docker.io/library/busybox:latest"],
      ["local", "[context files] load from client"],
      ["file", "[stage-1 1/6] COPY --from=files a b"],
      ["git", "[context source] https://example.org/a.git#main:sub"],
      ["file", "[stage-1 2/6] COPY --from=source a b"],
      ["image", "[context base] docker.io/library/debian:latest"],
      ["file", "[stage-1 3/6] COPY --from=base a b"],
      ["local", "[internal] load build context"],
      ["file", "[stage-1 4/6] COPY a b"],
      ["exec", "[stage-1 5/6] RUN --mount=from=files,target=/f x"],
    ]);
    expect(execOf(tree).mounts).toEqual([
      { type: "bind", target: "/f", input: 1, source: "/", writable: false },
    ]);
  });

  test("a git context is taken apart", async () => {
    const { tree } = await convertOne("FROM scratch\nCOPY --from=source a b", { options: { contexts } });
    expect(vertices(tree)[0]!.op).toEqual({
      kind: "git",
      remote: "https://example.org/a.git",
      ref: "main",
      subdirectory: "sub",
      keepGitDirectory: false,
    });
    expect(actionsOf(tree)).toHaveLength(1);
  });

  test("without a main context there is nothing to copy", async () => {
    const { tree } = await convertOne("FROM scratch\nCOPY a b", { options: { contexts: new Map() } });
    expect(tree?.inputs).toEqual([undefined, undefined]);
  });
});
