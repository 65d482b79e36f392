import type { BuildPlan } from "../../api/index.ts";

/** Something that the classic builder tells of as one: an instruction, or a trigger that a FROM brings with it. */
export interface ClassicPart {
  readonly keyword: string;
  readonly text: string;
  readonly vertices: readonly string[];
  /** `Step 2/5 : RUN true`, of the instruction that it is, or that brings it. */
  readonly step: string;
  /** What is told before it is done. */
  readonly opening: string;
  /** The instruction is over: its image is told. */
  readonly isLast: boolean;
}

/** The parts of a build in the order in which they are told. (moby daemon/builder/dockerfile/dispatchers.go) */
export function classicParts({ Instructions }: BuildPlan): ClassicPart[] {
  return Instructions.flatMap(({ Keyword, Text, Vertices, Triggers = [] }, at) => {
    const step = `Step ${at + 1}/${Instructions.length} : ${Text}\n`;
    const count = Triggers.length;
    const own = {
      keyword: Keyword,
      text: Text,
      vertices: Vertices,
      step,
      opening: step,
      isLast: count === 0,
    };
    const heading = `# Executing ${count} build trigger${count === 1 ? "" : "s"}\n`;
    const triggers = Triggers.map((trigger, number) => ({
      ...{ keyword: trigger.Keyword, text: `${Text} ${number}`, vertices: trigger.Vertices, step },
      ...{ opening: number === 0 ? heading : "", isLast: number === count - 1 },
    }));
    return [own, ...triggers];
  });
}
