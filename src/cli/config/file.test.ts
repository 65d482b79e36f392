import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configDirectory, load, save } from "./file.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "config-"));
  path = join(directory, "config.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("no file is an empty configuration, and saving creates it for its owner alone", async () => {
  const below = join(directory, "new");
  const file = load(below);
  expect(file.values).toEqual({});
  file.values.auths = { "example.test": { auth: "dTpw" } };
  await save(file);
  expect(load(below).values).toEqual({ auths: { "example.test": { auth: "dTpw" } } });
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(statSync(below).mode & 0o777).toBe(0o700);
});

test("unknown keys stay, the mode stays, nothing is left beside the file", async () => {
  writeFileSync(path, '{"psFormat":"{{.ID}}","plugins":{"x":{"y":"z"}},"auths":null}');
  chmodSync(path, 0o640);
  const file = load(directory);
  file.values.detachKeys = "ctrl-a";
  await save(file);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    psFormat: "{{.ID}}",
    plugins: { x: { y: "z" } },
    detachKeys: "ctrl-a",
  });
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory)).toEqual(["config.json"]);
});

test("a symbolic link is followed, not replaced", async () => {
  writeFileSync(join(directory, "real.json"), "{}");
  symlinkSync("real.json", path);
  const file = load(directory);
  file.values.credsStore = "pass";
  await save(file);
  expect(readlinkSync(path)).toBe("real.json");
  expect(JSON.parse(readFileSync(join(directory, "real.json"), "utf8"))).toEqual({ credsStore: "pass" });
});

test.each([
  ["{", /JSON/],
  ["[]", /must hold a JSON object/],
  ['{"psFormat":1}', /"psFormat" must be a string/],
  ['{"HttpHeaders":{"a":1}}', /"HttpHeaders" must be an object of strings/],
  ['{"auths":{"a":"b"}}', /"auths" must be an object of objects of strings/],
])("%s is refused by the name of the file and the key", (text, message) => {
  writeFileSync(path, text);
  expect(() => load(directory)).toThrow(message);
  expect(() => load(directory)).toThrow(path);
});

test("--config wins over DOCKER_CONFIG, which wins over the home directory", () => {
  const { DOCKER_CONFIG, HOME } = process.env;
  try {
    process.env.HOME = "/home/u";
    delete process.env.DOCKER_CONFIG;
    expect(configDirectory()).toBe("/home/u/.docker");
    process.env.DOCKER_CONFIG = "/etc/d";
    expect(configDirectory()).toBe("/etc/d");
    expect(configDirectory("/x")).toBe("/x");
  } finally {
    process.env.HOME = HOME;
    if (DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = DOCKER_CONFIG;
  }
});
