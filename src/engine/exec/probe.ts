import { sendSignal } from "../../os/process.ts";
import type { Container } from "../container/container.ts";
import type { EngineContext } from "../context.ts";
import { noteExec } from "./create.ts";
import { startExec } from "./start.ts";

const outputLimit = 4096;
const SIGKILL = 9;

/**
 * Runs a health check's command in a container and answers its exit code and the beginning of its output. One
 * that takes longer than `timeout` milliseconds is killed and counts as -1.
 */
export async function probe(
  engine: EngineContext,
  container: Container,
  command: string[],
  timeout: number,
  signal: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  const output = new BoundedText();
  const request = { Cmd: command, AttachStdout: true, AttachStderr: true };
  const exec = noteExec(engine, container, request, new Uint8Array());
  const attachOptions = { stdout: true, stderr: true, sink: output, framing: "raw" } as const;
  await startExec(engine, exec, {}, (stdio) => stdio.attach(attachOptions, signal), signal);
  const kill = () => exec.identity && sendSignal(exec.identity, SIGKILL);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, timeout);
  signal.addEventListener("abort", kill, { once: true });
  try {
    await exec.ended;
    const text = output.toString();
    if (!late) return { exitCode: exec.exitCode ?? -1, output: text };
    const what = `Health check exceeded timeout (${duration(timeout)})`;
    return { exitCode: -1, output: text === "" ? what : `${what}: ${text}` };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

/** Keeps the first bytes of a stream and counts on the rest being of no interest. */
class BoundedText {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  private truncated = false;

  write(chunk: Uint8Array): boolean {
    const room = outputLimit - this.size;
    if (chunk.byteLength > room) this.truncated = true;
    if (room > 0) this.chunks.push(chunk.slice(0, room));
    this.size += Math.min(room, chunk.byteLength);
    return true;
  }

  async drained(): Promise<void> {}

  toString(): string {
    return Buffer.concat(this.chunks).toString("utf8") + (this.truncated ? "..." : "");
  }
}

/** Milliseconds as Go prints a duration. */
function duration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
