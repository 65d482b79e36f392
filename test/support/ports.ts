import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { until } from "./engine.ts";

/** A shell script that answers each connection with its own words. */
export const server = (words: string, port = 80) => `while :; do echo ${words} | nc -l -p ${port}; done`;

/** What a TCP server says first; empty when nobody listens. */
export function ask(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({ host, port, timeout: 2000 });
    socket.on("data", (chunk) => {
      answer += chunk;
      socket.end();
    });
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer.trim()));
  });
}

export const answers = (host: string, port: number, words: string): Promise<void> =>
  until(`${host}:${port} answers`, async () => (await ask(host, port)) === words);

/** A free port, as the kernel sees it. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "0.0.0.0", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** An IPv4 address of the host that others reach it by. */
export const ownAddress = (): string =>
  Object.entries(networkInterfaces())
    .filter(([name]) => /^(e|w)/.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .find((address) => address.family === "IPv4" && !address.internal)?.address ?? "127.0.0.1";
