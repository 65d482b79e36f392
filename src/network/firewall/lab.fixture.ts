import { closeSync, writeFileSync } from "node:fs";
import type { OtherNamespace } from "../../os/firewall/index.ts";
import { createNamespace, inNamespace } from "../../os/netns.ts";
import type { BridgeNetwork } from "../model.ts";

/** A network namespace of a test, with what listens in it. */
export interface Machine extends OtherNamespace {
  readonly name: string;
  readonly servers: { stop(): void }[];
}

export function machine(name: string): Machine {
  const { fd } = createNamespace(() => undefined);
  return { name, fd, path: `/proc/${process.pid}/fd/${fd}`, servers: [] };
}

export async function run(at: Machine, command: string[], input = ""): Promise<string> {
  const child = Bun.spawn(["nsenter", `--net=${at.path}`, ...command], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} at ${at.name}: ${complaint}`);
  return output;
}

export const ip = (at: Machine, ...lines: string[]) => run(at, ["ip", "-batch", "-"], lines.join("\n"));

export function sysctl(at: Machine, settings: Record<string, string>): void {
  inNamespace(at.fd, () => {
    for (const [name, value] of Object.entries(settings)) writeFileSync(`/proc/sys/net/${name}`, value);
  });
}

/** Answers each connection with its own name and the client's address. */
export function listen(at: Machine, port: number, hostname = "::"): void {
  const socket = {
    open: (it: { end(text: string): unknown; remoteAddress: string }) =>
      it.end(`${at.name} ${it.remoteAddress.replace("::ffff:", "")}`),
    data: () => undefined,
  };
  at.servers.push(inNamespace(at.fd, () => Bun.listen({ hostname, port, socket: socket as never })));
}

/** Answers each datagram with its own name. */
export async function answer(at: Machine, port: number): Promise<void> {
  const socket = {
    data: (
      it: { send(text: string, port: number, host: string): unknown },
      _: unknown,
      from: number,
      host: string,
    ) => it.send(at.name, from, host),
  };
  const server = await inNamespace(at.fd, () => Bun.udpSocket({ port, socket: socket as never }));
  at.servers.push({ stop: () => server.close() });
}

/** What a server says, empty if it cannot be reached within so many seconds. */
export async function connect(from: Machine, host: string, port: number, seconds = 5): Promise<string> {
  const command = ["busybox", "timeout", String(seconds), "busybox", "nc", host, String(port)];
  const child = Bun.spawn(["nsenter", `--net=${from.path}`, ...command], {
    stdout: "pipe",
    stderr: "ignore",
  });
  return (await new Response(child.stdout).text()).trim();
}

/** A packet that is dropped shows in nothing but time. */
export const cannotConnect = async (from: Machine, host: string, port: number): Promise<boolean> =>
  (await connect(from, host, port, 1)) === "";

export async function ask(from: Machine, host: string, port: number, milliseconds = 5_000): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = { data: (_: unknown, data: Buffer) => resolve(data.toString()) };
  const client = await inNamespace(from.fd, () => Bun.udpSocket({ socket: socket as never }));
  const timer = setTimeout(() => resolve(""), milliseconds);
  client.send("ping", port, host);
  const text = await promise;
  clearTimeout(timer);
  client.close();
  return text;
}

/**
 * A host with two bridges, containers on them and another machine that routes to the containers through the host:
 * `outside` 192.0.2.9 and fd02::9 at the host's `out0` 192.0.2.1; `a1` and `a2` 10.1.0.2, .3 on `bra`; `b1` on `brb`.
 */
export class Lab {
  readonly host = machine("host");
  readonly outside = machine("outside");
  readonly a1 = machine("a1");
  readonly a2 = machine("a2");
  readonly b1 = machine("b1");

  async build(): Promise<void> {
    for (const it of this.#machines())
      sysctl(it, { "ipv6/conf/all/accept_dad": "0", "ipv6/conf/default/accept_dad": "0" });
    sysctl(this.host, { "ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1" });
    await ip(
      this.host,
      "link set lo up",
      `link add out0 type veth peer name eth0 netns ${this.outside.path}`,
      ...address("out0", "192.0.2.1/24", "fd02::1/64"),
      "address add 192.0.2.2/24 dev out0",
    );
    await ip(
      this.outside,
      "link set lo up",
      ...address("eth0", "192.0.2.9/24", "fd02::9/64"),
      "address add 192.0.2.66/24 dev eth0",
      "route add 10.0.0.0/8 via 192.0.2.1",
      "route add fd00::/16 via fd02::1",
    );
    await this.#bridge("bra", "10.1.0", "fd00:a::", { 2: this.a1, 3: this.a2 });
    await this.#bridge("brb", "10.2.0", "fd00:b::", { 2: this.b1 });
    for (const it of [this.a1, this.a2, this.b1]) {
      listen(it, 80);
      listen(it, 81);
      await answer(it, 53);
    }
    listen(this.outside, 80);
    listen(this.host, 9000);
  }

  async #bridge(name: string, v4: string, v6: string, members: Record<number, Machine>): Promise<void> {
    await ip(
      this.host,
      `link add ${name} type bridge nf_call_iptables 1 nf_call_ip6tables 1`,
      ...address(name, `${v4}.1/24`, `${v6}1/64`),
    );
    sysctl(this.host, { [`ipv4/conf/${name}/route_localnet`]: "1" });
    for (const [number, member] of Object.entries(members)) {
      const port = `${name}${number}`;
      await ip(
        this.host,
        `link add ${port} type veth peer name eth0 netns ${member.path}`,
        `link set ${port} master ${name} up`,
        `link set ${port} type bridge_slave hairpin on`,
      );
      await ip(
        member,
        "link set lo up",
        ...address("eth0", `${v4}.${number}/24`, `${v6}${number}/64`),
        `route add default via ${v4}.1`,
        `route add default via ${v6}1`,
      );
    }
  }

  #machines(): Machine[] {
    return [this.host, this.outside, this.a1, this.a2, this.b1];
  }

  close(): void {
    for (const { servers, fd } of this.#machines()) {
      for (const server of servers) server.stop();
      closeSync(fd);
    }
  }
}

const address = (device: string, v4: string, v6: string) => [
  `link set ${device} up`,
  `address add ${v4} dev ${device}`,
  `address add ${v6} dev ${device} nodad`,
];

/** The networks of the two bridges as the engine describes them. */
export const network = (which: "a" | "b", more: Partial<BridgeNetwork> = {}): BridgeNetwork => ({
  networkId: which.repeat(64),
  name: which,
  driver: "bridge",
  bridge: `br${which}`,
  subnets: [{ subnet: which === "a" ? "10.1.0.0/24" : "10.2.0.0/24" }, { subnet: `fd00:${which}::/64` }],
  ...more,
});
