import { expect, test } from "bun:test";
import { parseChallenges } from "./challenge.ts";

test.each([
  ["Basic", [{ scheme: "basic", parameters: {} }]],
  [
    'Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push"',
    [
      {
        scheme: "bearer",
        parameters: {
          realm: "https://auth.example/token",
          service: "registry",
          scope: "repository:a/b:pull,push",
        },
      },
    ],
  ],
  [
    'BEARER Realm = "a \\"quoted\\" realm" , service=plain',
    [{ scheme: "bearer", parameters: { realm: 'a "quoted" realm', service: "plain" } }],
  ],
  [
    'Basic realm="one, two", Bearer realm="x", Negotiate',
    [
      { scheme: "basic", parameters: { realm: "one, two" } },
      { scheme: "bearer", parameters: { realm: "x" } },
      { scheme: "negotiate", parameters: {} },
    ],
  ],
  [
    "Negotiate oYICWjCC==, Basic realm=x",
    [
      { scheme: "negotiate", parameters: {} },
      { scheme: "basic", parameters: { realm: "x" } },
    ],
  ],
  ['Basic realm="never closed', [{ scheme: "basic", parameters: {} }]],
  ["", []],
  [null, []],
])("%s", (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});
