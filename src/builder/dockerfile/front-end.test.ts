import { expect, test } from "bun:test";
import { checkFrontEnd } from "./front-end.ts";

const check = (text: string, argument?: string) => checkFrontEnd({ filename: "Dockerfile", text }, argument);

test.each([
  "docker/dockerfile:1",
  "docker.io/docker/dockerfile:1.7-labs",
  "docker/dockerfile-upstream:master",
  "mirror.example.com/hub/docker/dockerfile@sha256:ac85f380a63b13dfcefa89046420e1781752bab202122f8f50032edf31be0021",
])("%s is built in", (image) => {
  expect(() => check(`# syntax=${image}\nFROM scratch\n`)).not.toThrow();
});

test("other front ends are refused, with the line that names them", () => {
  expect(() => check("#!/usr/bin/x\n# escape=\\\n# syntax = example.com/other/dockerfile:1 x\n")).toThrow(
    "the front end example.com/other/dockerfile:1 cannot be used",
  );
  expect(() => check("FROM scratch\n# syntax=example.com/other\n")).not.toThrow();
});

test("the build argument is above the directive", () => {
  expect(() => check("# syntax=docker/dockerfile:1\n", "other/front")).toThrow("other/front");
  expect(() => check("# syntax=other/front\n", "docker/dockerfile:1")).not.toThrow();
  expect(() => check("FROM scratch\n", "UPPER CASE")).toThrow("the front end UPPER cannot be used");
});
