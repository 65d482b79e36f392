import { lines } from "../os/lines.ts";
import { selfCommand } from "../os/self.ts";
import { type Message, received } from "./child/protocol.ts";
import { lost, parse } from "./messages.ts";

export interface ChildOptions {
  /** Aborting kills the child. */
  readonly signal?: AbortSignal | undefined;
  readonly stdin?: ReadableStream<Uint8Array> | number | undefined;
  /** A descriptor that the child gets as 3. */
  readonly file?: number;
  /** The child's standard output: read by the caller (true), a descriptor, or none. */
  readonly output?: boolean | number | undefined;
  readonly onEvent?: (event: unknown) => void;
}

type AskedChild = Bun.Subprocess<"pipe", "pipe" | "ignore" | number, "pipe">;

export interface Child<Result> {
  /** Ends when the child does; whether all of it came is said by `result`. */
  readonly output: ReadableStream<Uint8Array>;
  /** What the child answered, or the SlipwayError that it failed with. Must be awaited. */
  readonly result: Promise<Result>;
}

/** Starts one of our own children (see main.ts) on a request. */
export function startChild<Result>(
  name: string,
  request: unknown,
  options: ChildOptions = {},
): Child<Result> {
  const { signal, stdin, file, output } = options;
  signal?.throwIfAborted();
  const mode = output === true ? "pipe" : typeof output === "number" ? output : "ignore";
  const files = file === undefined ? [] : [file];
  // One whose standard input is what it works on is told by an argument.
  const child =
    stdin === undefined
      ? ask(request, Bun.spawn(selfCommand(name), { stdio: ["pipe", mode, "pipe", ...files] }))
      : Bun.spawn(selfCommand(name, JSON.stringify(request)), { stdio: [stdin, mode, "pipe", ...files] });
  const kill = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", kill, { once: true });
  const result = outcome<Result>(child, name, options).finally(() =>
    signal?.removeEventListener("abort", kill),
  );
  const read = output === true ? child.stdout : new Blob().stream();
  return { output: read as ReadableStream<Uint8Array>, result };
}

/** That a child is gone already is said by its end. */
function ask(request: unknown, child: AskedChild): AskedChild {
  child.stdin.write(JSON.stringify(request));
  Promise.resolve(child.stdin.end()).catch(() => undefined);
  return child;
}

async function outcome<Result>(
  child: Bun.Subprocess<"ignore" | "pipe" | ReadableStream | number, "pipe" | "ignore" | number, "pipe">,
  name: string,
  options: ChildOptions,
): Promise<Result> {
  let last: Message | undefined;
  const noise: string[] = [];
  for await (const line of lines(child.stderr)) {
    const message = parse(line);
    if (message === undefined) noise.push(line);
    else if ("event" in message) options.onEvent?.(message.event);
    else last = message;
  }
  const status = await child.exited;
  if (last !== undefined && "error" in last) throw received(last.error);
  if (last !== undefined && "result" in last && status === 0) return last.result as Result;
  throw lost(name, child, noise, options.signal);
}
