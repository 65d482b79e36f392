import type { Result } from "./engine.ts";
import { type Line, uniqueName } from "./suite.ts";

/** A container that is removed, with its anonymous volumes, at the end of the test that made it. */
export class TestContainer implements AsyncDisposable {
  constructor(
    readonly name: string,
    private readonly line: Line,
  ) {}

  inspect(template: string): Promise<string> {
    return this.line.ok(["inspect", "-f", template, this.name]);
  }

  status(): Promise<string> {
    return this.inspect("{{.State.Status}}");
  }

  /** Runs a shell script inside. */
  exec(script: string): Promise<Result> {
    return this.line.call(["exec", this.name, "sh", "-c", script]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.line.call(["rm", "-f", "-v", this.name]);
  }
}

async function make(line: Line, verb: string[], flags: string[], command: string[]): Promise<TestContainer> {
  const name = uniqueName();
  await line.ok([...verb, "--name", name, ...flags, "busybox", ...command]);
  return new TestContainer(name, line);
}

/** A started container that runs a shell script. */
export const running = (line: Line, script: string, ...flags: string[]): Promise<TestContainer> =>
  make(line, ["run", "-d"], flags, ["sh", "-c", script]);

/** A started container that does nothing for long. */
export const sleeping = (line: Line, ...flags: string[]): Promise<TestContainer> =>
  make(line, ["run", "-d"], flags, ["sleep", "1000"]);

/** A container that was created and not started. */
export const created = (line: Line, script: string, ...flags: string[]): Promise<TestContainer> =>
  make(line, ["create"], flags, ["sh", "-c", script]);
