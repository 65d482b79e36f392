import { expect, test } from "bun:test";
import { amd64Variant, hostCpu } from "./host-cpu.ts";
import { hostPlatform } from "./platform.ts";

const v2 = ["cx16", "lahf_lm", "pni", "popcnt", "sse4_1", "sse4_2", "ssse3"];
const v3 = [...v2, "abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"];
const v4 = [...v3, "avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"];

test.each([
  ["v1", ["sse2"], undefined],
  ["v2", v2, "v2"],
  ["v2 with a part of v3", [...v2, "avx", "avx2"], "v2"],
  ["v3", v3, "v3"],
  ["v4", v4, "v4"],
  ["v4 that lacks a part of v3", v4.filter((flag) => flag !== "bmi2"), "v2"],
])("a CPU of %s", (_name, flags, variant) => {
  expect(amd64Variant(new Set(flags))).toBe(variant);
});

test("the host's is a variant of its platform", () => {
  expect(hostCpu()).toMatchObject(hostPlatform());
});
