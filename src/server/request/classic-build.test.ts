import { describe, expect, test } from "bun:test";
import type { IncomingMessage } from "node:http";
import { classicBuild } from "./classic-build.ts";
import { Query } from "./query.ts";

const read = (text: string, headers: Record<string, string> = {}) =>
  classicBuild(new Query(text), { headers } as unknown as IncomingMessage);

describe("a classic build", () => {
  test("that asks for nothing takes the Dockerfile of the archive", () => {
    expect(read("")).toMatchObject({
      ...{ Dockerfile: { Name: "Dockerfile" }, Contexts: [{ Kind: "archive", Prefix: "" }] },
      ...{
        Tags: [],
        Targets: [],
        Platforms: [],
        BuildArgs: {},
        Labels: {},
        CacheFrom: [],
        Network: "default",
      },
      ...{ NoCache: false, Pull: false, Squash: false, Plan: true, Auths: {} },
    });
  });

  test("says what it wants as docker's command line does: lists as JSON, or by the name again and again", () => {
    const query = new URLSearchParams({
      ...{ buildargs: '{"A":"1","B":null}', labels: '{"l":"m"}', cachefrom: '["a","b"]' },
      ...{ ulimits: '[{"Name":"nofile","Soft":1,"Hard":2}]', memory: "6291456", cpuquota: "0", q: "1" },
    });
    for (const [name, value] of [
      ["t", "one"],
      ["t", "two:2"],
      ["extrahosts", "h:1.2.3.4"],
      ["securityopt", "seccomp=unconfined"],
      ["securityopt", "label=disable"],
    ] as const)
      query.append(name, value);
    const { Tags, BuildArgs, Labels, CacheFrom, Limits } = read(query.toString());
    expect({ Tags, BuildArgs, Labels }).toEqual({
      ...{ Tags: ["one", "two:2"], BuildArgs: { A: "1" }, Labels: { l: "m" } },
    });
    expect(CacheFrom?.map(({ Attributes }) => Attributes.ref)).toEqual(["a", "b"]);
    expect(Limits).toEqual({
      ...{ memory: 6_291_456, ulimits: [{ name: "nofile", soft: 1, hard: 2 }], extraHosts: ["h:1.2.3.4"] },
      securityOpt: ["seccomp=unconfined", "label=disable"],
    });
  });

  test.each([
    ["git://h/r", "git"],
    ["github.com/a/b", "git"],
    ["https://h/r.git#v1:sub", "git"],
    ["https://h/context.tar.gz", "http"],
  ])("of the remote %s is of %s", (remote, Kind) => {
    const { Contexts } = read(`remote=${encodeURIComponent(remote)}`);
    expect(Contexts).toEqual([{ Name: "context", Kind, URL: remote } as never]);
  });

  test("knows logins by the domains of registries", () => {
    const auths = { "https://index.docker.io/v1/": { username: "a" }, "r:5000": { username: "b" } };
    const header = Buffer.from(JSON.stringify(auths)).toString("base64url");
    expect(read("", { "x-registry-config": header }).Auths).toEqual({
      "docker.io": { username: "a" },
      "r:5000": { username: "b" },
    });
  });

  test.each(["buildargs=x", "labels=[]", 'cachefrom={"a":1}', "ulimits=[1]", "version=2"])(
    "refuses %s",
    (text) => {
      expect(() => read(text)).toThrow();
    },
  );
});
