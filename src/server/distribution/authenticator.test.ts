import { beforeAll, describe, expect, test } from "bun:test";
import { Authenticator } from "./authenticator.ts";
import { parsePasswordFile } from "./password-file.ts";

const hash = (password: string) => Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("users", () => {
  let users: Authenticator;
  beforeAll(async () => {
    // What htpasswd writes begins with $2y$.
    const lines = [
      `alice:${(await hash("wonder:land")).replace("$2b$", "$2y$")}`,
      `bob:${await hash("päss")}`,
    ];
    users = new Authenticator(`# comment\n${lines.join("\n")}\n\n`);
  });

  test.each([
    ["alice", basic("alice:wonder:land"), { user: "alice" }],
    ["alice, again", basic("alice:wonder:land"), { user: "alice" }],
    ["bob, in lower case", basic("bob:päss").replace("Basic", "basic"), { user: "bob" }],
    ["a wrong password", basic("alice:wonder"), "nobody"],
    ["another's password", basic("bob:wonder:land"), "nobody"],
    ["an unknown name", basic("carol:wonder:land"), "nobody"],
    ["no password", basic("alice:"), "nobody"],
    ["no colon", basic("alice"), "nobody"],
    ["another scheme", "Bearer abc", "nobody"],
    ["nothing", null, "nobody"],
  ] as const)("%s", async (_name, header, identity) => {
    expect(await users.identify(header)).toEqual(identity);
  });

  test("who guesses too much at once is told to wait", async () => {
    const guesses = Array.from({ length: 100 }, (_, at) => users.identify(basic(`alice:guess${at}`)));
    const answers = await Promise.all(guesses);
    expect(answers.filter((answer) => answer === "nobody")).toHaveLength(66);
    expect(answers.filter((answer) => answer === "busy")).toHaveLength(34);
    expect(await users.identify(basic("bob:päss"))).toEqual({ user: "bob" });
  });
});

test.each([
  "",
  "# nobody\n",
  "alice",
  "alice:plain",
  "alice:$apr1$salt$hash",
  ":$2y$05$x",
  `alice:$2y$05$${"x".repeat(52)}`,
])("the password file %p is refused", (text) => {
  expect(() => parsePasswordFile(text)).toThrow("the password file");
});
