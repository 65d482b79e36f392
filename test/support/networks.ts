import { type Line, uniqueName } from "./suite.ts";

/** A network that is removed at the end of the test that made it, when nothing is on it any more. */
export class TestNetwork implements AsyncDisposable {
  constructor(
    readonly name: string,
    private readonly line: Line,
  ) {}

  /** The address of a container on it; empty when it is not there. */
  async addressOf(container: { name: string }): Promise<string> {
    const template = `{{with index .NetworkSettings.Networks "${this.name}"}}{{.IPAddress}}{{end}}`;
    return this.line.ok(["inspect", "-f", template, container.name]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.line.call(["network", "rm", this.name]);
  }
}

export async function network(line: Line, ...flags: string[]): Promise<TestNetwork> {
  const name = uniqueName("n");
  await line.ok(["network", "create", ...flags, name]);
  return new TestNetwork(name, line);
}
