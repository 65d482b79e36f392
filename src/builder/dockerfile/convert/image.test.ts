import { describe, expect, test } from "bun:test";
import { convert, convertOne } from "./testing.ts";

const buildkit = { comment: "buildkit.dockerfile.v0" };
const empty = { ...buildkit, empty_layer: true };

describe("an image", () => {
  test("has BuildKit's config, member by member", async () => {
    const { config } = await convertOne(
      `FROM debian
       MAINTAINER A Name <a@example.org>
       ENV b=2 a="x y"
       ENV b=3
       LABEL z=1 "a b"='c d'
       EXPOSE 80 9000-9001/UDP
       VOLUME /v /w
       USER app
       WORKDIR srv
       WORKDIR app/
       STOPSIGNAL SIGINT
       HEALTHCHECK --interval=5s CMD true
       SHELL ["/bin/bash", "-c"]
       ENTRYPOINT run me
       CMD ["x"]
       ONBUILD RUN later`,
      { options: { labels: { built: "yes" } } },
    );
    expect(config).toEqual({
      os: "linux",
      architecture: "amd64",
      author: "A Name <a@example.org>",
      config: {
        User: "app",
        ExposedPorts: { "80/tcp": {}, "9000/udp": {}, "9001/udp": {} },
        Env: ["PATH=/bin", "b=3", "a=x y"],
        Entrypoint: ["/bin/bash", "-c", "run me"],
        Cmd: ["x"],
        Volumes: { "/v": {}, "/w": {} },
        WorkingDir: "/srv/app",
        Labels: { "a b": "c d", built: "yes", z: "1" },
        StopSignal: "SIGINT",
        ArgsEscaped: true,
        Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 5e9 },
        OnBuild: ["RUN later"],
        Shell: ["/bin/bash", "-c"],
      },
    });
  });

  test("has BuildKit's history", async () => {
    const { history } = await convertOne(
      `FROM debian
       ARG A=1 B
       ENV x=$A y=2
       LABEL a=b "c d"=e
       WORKDIR /srv
       WORKDIR /
       COPY --chown=1:2 --chmod=644 a b /c/
       ADD <<EOF /d
hello
EOF
       RUN echo "$x"
       RUN ["true", "x"]
       USER app
       EXPOSE 80 443
       VOLUME /v /w
       STOPSIGNAL 9
       SHELL ["/bin/bash", "-c"]
       HEALTHCHECK --timeout=90s --retries=2 CMD ["a"]
       ENTRYPOINT ["/a", "b c"]
       CMD d "e"
       MAINTAINER me`,
      { options: { buildArgs: { B: "given" } } },
    );
    expect(history).toEqual([
      { created_by: "made docker.io/library/debian:latest" },
      { created_by: "ARG A=1 B=given", ...empty },
      { created_by: "ENV x=1 y=2", ...empty },
      { created_by: "LABEL a=b c d=e", ...empty },
      { created_by: "WORKDIR /srv", ...buildkit },
      { created_by: "WORKDIR /", ...empty },
      { created_by: "COPY --chown=1:2 --chmod=644 a b /c/ # buildkit", ...buildkit },
      { created_by: "ADD <<EOF /d # buildkit", ...buildkit },
      { created_by: 'RUN |2 A=1 B=given /bin/sh -c echo "$x" # buildkit', ...buildkit },
      { created_by: "RUN |2 A=1 B=given true x # buildkit", ...buildkit },
      { created_by: "USER app", ...empty },
      { created_by: "EXPOSE [443/tcp 80/tcp]", ...empty },
      { created_by: "VOLUME [/v /w]", ...empty },
      { created_by: "STOPSIGNAL 9", ...empty },
      { created_by: "SHELL [/bin/bash -c]", ...empty },
      {
        created_by:
          "HEALTHCHECK {Test:[CMD a] Interval:0s Timeout:1m30s StartPeriod:0s StartInterval:0s Retries:2}",
        ...empty,
      },
      { created_by: 'ENTRYPOINT ["/a" "b c"]', ...empty },
      { created_by: 'CMD ["/bin/bash" "-c" "d \\"e\\""]', ...empty },
      { created_by: "MAINTAINER me", ...empty },
    ]);
  });

  test("from scratch has a PATH and a working directory", async () => {
    const { config, history, tree } = await convertOne("FROM scratch\nLABEL a=b");
    expect(config.config).toEqual({
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      WorkingDir: "/",
      Labels: { a: "b" },
    });
    expect([history.length, tree]).toEqual([1, undefined]);
  });

  test("ENTRYPOINT drops the base's CMD, but not its own stage's", async () => {
    const dropped = await convertOne('FROM debian\nENTRYPOINT ["a"]');
    expect(dropped.config.config).toEqual({ Env: ["PATH=/bin"], Entrypoint: ["a"] });
    const kept = await convertOne('FROM debian\nCMD ["b"]\nENTRYPOINT ["a"]');
    expect(kept.config.config?.Cmd).toEqual(["b"]);
  });

  test("for a platform says so; for none it keeps its own", async () => {
    const arm = { os: "linux", architecture: "arm64", variant: "v8" };
    const { config, platform } = await convertOne("FROM debian", { options: { platforms: [arm] } });
    expect([config.architecture, config.variant, platform]).toEqual([
      "arm64",
      undefined,
      { os: "linux", architecture: "arm64" },
    ]);
    const both = [arm, { os: "linux", architecture: "amd64" }];
    const { targets } = await convert("FROM debian AS a\nRUN x", { options: { platforms: both } });
    expect(targets.map(({ tree }) => tree?.name)).toEqual([
      "[linux/arm64/v8 2/2] RUN x",
      "[linux/amd64 2/2] RUN x",
    ]);
  });
});
