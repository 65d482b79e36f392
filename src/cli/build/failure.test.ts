import { expect, test } from "bun:test";
import { failureText } from "./failure.ts";
import { BuildLog } from "./progress/index.ts";
import { output, step } from "./progress/testing.ts";

test("a failure is told with the step's last lines, its place, and the reason", () => {
  const log = new BuildLog();
  log.update(step("RUN make"));
  log.update(output("RUN make", Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join("")));
  const failure = {
    ...({ message: "exit code: 2", kind: "invalid", excerpt: "Dockerfile:2\n>>> RUN make" } as const),
    step: { name: "[2/2] RUN make", vertex: "sha256:RUN make" },
  };
  const lines = failureText(failure, log).split("\n");
  expect(lines.slice(0, 3)).toEqual(["------", " > [2/2] RUN make:", "1.500 line 10"]);
  expect(lines.slice(21)).toEqual([
    ...["1.500 line 29", "------", "Dockerfile:2", ">>> RUN make"],
    ...["ERROR: failed to build: failed to solve: exit code: 2", ""],
  ]);
});

test("a failure of no step is its reason", () => {
  expect(failureText({ message: "no Dockerfile", kind: "notFound" }, new BuildLog())).toBe(
    "ERROR: failed to build: failed to solve: no Dockerfile\n",
  );
});
