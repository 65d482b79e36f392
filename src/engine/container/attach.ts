import { type ContainerStdio, DEFAULT_DETACH_KEYS, DetachKeys, parseDetachKeys } from "../../cio/index.ts";
import { conflict } from "../../errors/index.ts";
import type { AttachOptions, AttachStreams, PreparedStream } from "../backend.ts";
import type { EngineContext } from "../context.ts";
import type { Container } from "./container.ts";
import { emit } from "./events.ts";
import { containerLogs } from "./logs.ts";
import { closeIdleStdio, openStdio } from "./stdio.ts";

/** `attach`: to a container that runs, or ahead of its start. */
export async function attachContainer(
  engine: EngineContext,
  ref: string,
  options: AttachOptions,
): Promise<PreparedStream> {
  const container = engine.containers.find(ref);
  const keys = parseDetachKeys(options.detachKeys || DEFAULT_DETACH_KEYS);
  const { status } = container.record.state;
  if (status === "paused") throw conflict(`container ${ref} is paused, unpause the container before attach`);
  if (status === "restarting") {
    throw conflict(`container ${ref} is restarting, wait until the container is running`);
  }
  const framing = container.tty || options.framing === "raw" ? "raw" : "multiplexed";
  return {
    framing,
    run: (streams) => attach(engine, container, { ...options, framing, keys }, streams),
  };
}

interface AttachRun extends Omit<AttachOptions, "framing"> {
  framing: "raw" | "multiplexed";
  keys: Uint8Array;
}

async function attach(
  engine: EngineContext,
  container: Container,
  options: AttachRun,
  streams: AttachStreams,
): Promise<void> {
  if (options.logs) await replayLog(engine, container, options, streams);
  emit(engine, container, "attach");
  if (!options.stream) return;
  container.attached += 1;
  try {
    // A run that has just ended is cleaned up first: it has the same directory.
    const stdio = container.stdio ?? (await container.mutex.run(async () => openStdio(engine, container)));
    const { stdout, stderr, framing, keys } = options;
    const attachment = stdio.attach({ stdout, stderr, framing, sink: streams.output }, streams.signal);
    const stdin = options.stdin && container.record.config.OpenStdin;
    const closes = container.record.config.StdinOnce ?? false;
    let detached = false;
    const { input } = streams;
    if (stdin && input !== undefined) {
      engine.background.supervise(container.id, async () => {
        const copying = copyInputOf(container, stdio, input, { keys, tty: container.tty, closes });
        detached = (await copying) === "detached";
        if (detached) attachment.detach();
      });
    }
    await attachment.finished;
    if (detached) emit(engine, container, "detach");
  } finally {
    container.attached -= 1;
    await closeIdleStdio(container);
  }
}

/** What a client sends ahead of the container's start waits for it. */
async function copyInputOf(
  container: Container,
  ...args: Parameters<typeof copyInput>
): Promise<"ended" | "detached"> {
  await container.ready.promise;
  return await copyInput(...args);
}

/**
 * Copies what a client sends until it has no more, detaches or goes away. `closes`: the end of this client's
 * input is that of the container's.
 */
export async function copyInput(
  stdio: ContainerStdio,
  input: AsyncIterable<Uint8Array>,
  options: { keys: Uint8Array; tty: boolean; closes: boolean },
): Promise<"ended" | "detached"> {
  const detach = options.tty ? new DetachKeys(options.keys) : undefined;
  try {
    for await (const chunk of input) {
      const { output, detached } = detach?.push(chunk) ?? { output: chunk, detached: false };
      if (output.byteLength > 0) await stdio.writeStdin(output);
      if (detached) return "detached";
    }
  } catch {
    // The client broke off, or nobody reads any more: either way there is no more input.
  }
  if (options.closes) await stdio.closeStdin();
  return "ended";
}

async function replayLog(
  engine: EngineContext,
  container: Container,
  { stdout, stderr, framing }: AttachRun,
  { output, signal }: AttachStreams,
): Promise<void> {
  const query = { stdout, stderr, follow: false, timestamps: false, details: false };
  const { chunks } = await containerLogs(engine, container.id, query, signal, framing);
  for await (const chunk of chunks) {
    if (!output.write(chunk)) await output.drained();
  }
}
