import { describe, expect, test } from "bun:test";
import { parseAttest, parseAttestation } from "./attest.ts";
import { checkAnnotation, checkTag } from "./names.ts";

describe("attestations", () => {
  test.each(["false", "0", "disabled=true", "mode=max,disabled=1"])("%s: none", (text) => {
    expect(() => parseAttestation(text)).not.toThrow();
  });

  test.each(["true", "mode=max", "", "disabled=false"])("%s is refused", (text) => {
    expect(() => parseAttestation(text)).toThrow("not supported yet");
  });

  test("are named by their type", () => {
    expect(() => parseAttest("type=sbom,disabled=true")).not.toThrow();
    expect(() => parseAttest("type=provenance,mode=max")).toThrow("not supported yet");
    expect(() => parseAttest("sbom")).toThrow("attestation type not specified");
  });
});

test("tags are names", () => {
  expect(checkTag("test=host:5000/app:1")).toBe("test=host:5000/app:1");
  expect(() => checkTag("App")).toThrow('invalid tag "App": invalid reference format');
});

test("annotations have a value", () => {
  expect(checkAnnotation("index:a=b=c")).toBe("index:a=b=c");
  expect(() => checkAnnotation("a")).toThrow('invalid annotation "a", expected key=value');
});
