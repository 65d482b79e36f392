import { expect, test } from "bun:test";
import { digestOf } from "../../oci/digest.ts";
import type { FrontendResult } from "../target.ts";
import { planOf } from "./plan.ts";

test("a plan has the instructions up to the target's last, their steps, and the request's labels", () => {
  const text = "FROM a AS one\nRUN x \\\n y\nENV z=1\nFROM b\nCOPY c /\n";
  const [from, run, trigger] = [digestOf("from"), digestOf("run"), digestOf("trigger")];
  const at = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 1 } });
  const result = {
    targets: [{ stage: 0 }],
    places: new Map([
      [from, at(1)],
      [trigger, at(1)],
      [run, at(2)],
    ]),
    triggers: new Map([
      [
        1,
        [
          { keyword: "run", vertices: [trigger] },
          { keyword: "env", vertices: [] },
        ],
      ],
    ]),
  } as unknown as FrontendResult;
  const source = { filename: "Dockerfile", text };
  expect(planOf(source, result, { b: "2", a: "1 2" }).Instructions).toEqual([
    {
      ...{ Keyword: "from", Text: "FROM a AS one", Vertices: [from] },
      Triggers: [
        { Keyword: "run", Vertices: [trigger] },
        { Keyword: "env", Vertices: [] },
      ],
    },
    { Keyword: "run", Text: "RUN x  y", Vertices: [run] },
    { Keyword: "env", Text: "ENV z=1", Vertices: [] },
    { Keyword: "label", Text: "LABEL a=1 2", Vertices: [] },
    { Keyword: "label", Text: "LABEL b=2", Vertices: [] },
  ]);
});
