import { output } from "./measure.ts";
import type { Peer } from "./peers/peer.ts";

/** A program run in the network namespace of a process; in the host's without. */
const inNetwork = (pid: string | undefined, ...argv: string[]): string[] =>
  pid === undefined ? argv : ["nsenter", `--net=/proc/${pid}/ns/net`, ...argv];

/** The first process of a running container, as the host sees it. */
export const pidOf = (peer: Peer, container: string): Promise<string> =>
  output(peer.command("inspect", "--format", "{{.State.Pid}}", container));

interface Report {
  end: { sum_received: { bits_per_second: number } };
}

/**
 * One-way TCP throughput in MB/s from `client` to a server in the container whose process is `server`, reached by
 * `address` and `port`; iperf3's own port is 5201 inside.
 */
export async function throughput(
  server: string,
  client: string | undefined,
  { address, port = 5201, seconds = 4 }: { address: string; port?: number; seconds?: number },
): Promise<number> {
  const serving = Bun.spawn(inNetwork(server, "iperf3", "--server", "--one-off", "--forceflush"), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = serving.stdout.getReader();
  const decoder = new TextDecoder();
  for (let seen = ""; !seen.includes("listening"); ) {
    const { value, done } = await lines.read();
    if (done) throw new Error(`iperf3 does not serve: ${seen}`);
    seen += decoder.decode(value);
  }
  const ask = ["iperf3", "--client", address, "--port", `${port}`, "--time", `${seconds}`, "--json"];
  const report = JSON.parse(await output(inNetwork(client, ...ask))) as Report;
  await lines.cancel();
  await serving.exited;
  return report.end.sum_received.bits_per_second / 8e6;
}

/** The 99th percentile of `count` queries for a name at the container's name server, in milliseconds. */
export async function nameLatency(pid: string, name: string, count: number): Promise<number> {
  const program = new URL("name-latency.ts", import.meta.url).pathname;
  return Number(await output(inNetwork(pid, process.execPath, program, name, `${count}`)));
}
