import { afterAll, beforeAll, describe } from "bun:test";
import {
  type CommandLine,
  type CommandOptions,
  commandLines,
  type EngineOptions,
  type Result,
  run,
  TestEngine,
} from "./engine.ts";

/** An engine with the image `busybox`, for one test file. */
export interface Fixture {
  readonly engine: TestEngine;
}

/** Starts an engine before the file's tests and takes everything away after them. */
export function withEngine(options: EngineOptions = {}): Fixture {
  let engine: TestEngine | undefined;
  beforeAll(async () => {
    engine = await TestEngine.start(options);
    must(await engine.slipway(["image", "bootstrap", "busybox"]));
  }, 60_000);
  afterAll(async () => {
    await engine?.dispose();
  }, 60_000);
  return {
    get engine() {
      if (engine === undefined) throw new Error("the engine has not been started");
      return engine;
    },
  };
}

export interface Line {
  readonly name: CommandLine;
  /** Runs a command and answers whatever it did. */
  call(args: string[], options?: CommandOptions): Promise<Result>;
  /** Runs a command that must succeed and answers its trimmed output. */
  ok(args: string[], options?: CommandOptions): Promise<string>;
}

/** Describes what must hold through `slipway` and through the real docker command line. */
export function throughBoth(what: string, fixture: Fixture, define: (line: Line) => void): void {
  for (const name of commandLines) {
    describe(`${what} through ${name}`, () => {
      const call = (args: string[], options?: CommandOptions) => run(fixture.engine, name, args, options);
      const ok = async (args: string[], options?: CommandOptions) =>
        must(await call(args, options)).stdout.trim();
      define({ name, call, ok });
    });
  }
}

/** The result, when the command succeeded; what it said otherwise. */
export function must(result: Result): Result {
  if (result.code !== 0) throw new Error(`exit status ${result.code}: ${result.stderr}${result.stdout}`);
  return result;
}

let names = 0;

/** A name that no other test uses. */
export const uniqueName = (prefix = "c"): string => `${prefix}${process.pid}-${names++}`;
