import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDestinations, isTree, type Output, parseOutput } from "./output.ts";

describe("--output", () => {
  test.each<[string, Output]>([
    ["out", { type: "local", attributes: {}, destination: "out" }],
    ["-", { type: "tar", attributes: {}, destination: "-" }],
    ["type=tar,dest=a.tar", { type: "tar", attributes: {}, destination: "a.tar" }],
    ["type=image,name=a,Push=true", { type: "image", attributes: { name: "a", push: "true" } }],
    ["type=registry", { type: "registry", attributes: {} }],
    ["type=docker", { type: "image", attributes: {} }],
    ["type=docker,dest=-", { type: "docker", attributes: {}, destination: "-" }],
    ["type=oci,dest=dir,tar=false", { type: "oci", attributes: { tar: "false" }, destination: "dir" }],
    ["type=cacheonly", { type: "cacheonly", attributes: {} }],
    ['type=image,"name=a,b"', { type: "image", attributes: { name: "a,b" } }],
  ])("%s", (text, output) => {
    expect(parseOutput(text)).toEqual(output);
  });

  test.each([
    ["type=", "type is required for output"],
    ["type=zip,dest=x", "unsupported output type zip"],
    ["type=local", "dest is required for local output"],
    ["type=local,dest=-", "dest is required for local output"],
    ["type=image,dest=x", "dest is not supported for the output type image"],
    ["type=docker,tar=false", "dest is required for docker output with tar=false"],
    ["type=oci,tar", "invalid value tar"],
  ])("%s is none", (text, message) => {
    expect(() => parseOutput(text)).toThrow(message);
  });
});

describe("destinations", () => {
  const folder = mkdtempSync(join(tmpdir(), "output-"));
  const at = (name: string) => join(folder, name);
  const to = (text: string) => parseOutput(text.replace("dest=", `dest=${folder}/`));

  test("fit what is written there", () => {
    try {
      mkdirSync(at("directory/full"), { recursive: true });
      writeFileSync(at("file"), "");
      const check = (...texts: string[]) => checkDestinations(texts.map(to));
      check("type=tar,dest=file", "type=local,dest=directory", "type=oci,dest=directory/full,tar=false");
      check("type=oci,dest=new,tar=false", "type=image", "type=tar,dest=new.tar");
      expect(() => check("type=tar,dest=directory")).toThrow("directory is a directory");
      expect(() => check("type=local,dest=file")).toThrow("file is a file");
      expect(() => check("type=oci,dest=directory,tar=false")).toThrow("directory is not empty");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("have one standard output", () => {
    const both = ["-", "type=oci,dest=-"].map(parseOutput);
    expect(() => checkDestinations(both)).toThrow("only one output can be written to standard output");
    expect(both.map(isTree)).toEqual([false, false]);
  });
});
