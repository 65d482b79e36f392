import { messageOf } from "../../errors/index.ts";

/** Steps that take back what a verb has done so far, run newest first when a later step fails. */
export class Undo {
  private readonly steps: { what: string; step: () => Promise<unknown> | unknown }[] = [];

  add(what: string, step: () => Promise<unknown> | unknown): void {
    this.steps.push({ what, step });
  }

  /** A step that fails does not keep the others from running; `report` hears of it. */
  async run(report: (problem: string) => void): Promise<void> {
    for (const { what, step } of this.steps.reverse()) {
      try {
        await step();
      } catch (error) {
        report(`cannot ${what}: ${messageOf(error)}`);
      }
    }
    this.steps.length = 0;
  }
}
