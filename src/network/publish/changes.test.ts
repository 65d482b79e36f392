import { afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { PortRequest, PublishedPort } from "../model.ts";
import { Publisher } from "./publisher.ts";

/** What the packet filter was told of, without one. */
const filter = { ports: new Set<PublishedPort>(), applied: 0, apply: async () => void filter.applied++ };
const said: string[] = [];
let publisher = new Publisher(filter, (_, message) => void said.push(message));

afterEach(() => {
  publisher.close();
  publisher = new Publisher(filter, (_, message) => void said.push(message));
  filter.ports.clear();
  said.length = 0;
});

const web: PortRequest = { containerPort: 80, protocol: "tcp" };
const ipv4 = { targets: { 4: { address: "10.0.0.2" } } };
const both = { targets: { 4: { address: "10.0.0.2" }, 6: { address: "fd00::2" } } };

const shown = ({ hostIp, hostPort, address }: PublishedPort) => `${hostIp} ${hostPort} > ${address}`;
const rules = () => [...filter.ports].map(shown);
const published = () => publisher.ports("it").map(shown);

async function answers(hostIp: string, port: number): Promise<boolean> {
  const socket = connect({ host: hostIp, port });
  const outcome = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "error").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return outcome;
}

describe("published ports", () => {
  test("come beside those that are, and go one by one", async () => {
    const [first] = await publisher.publish("it", [web], ipv4);
    const [second] = await publisher.publish("it", [{ ...web, containerPort: 81 }], ipv4);
    expect(publisher.ports("it")).toEqual([first, second] as PublishedPort[]);
    await publisher.unpublish("it", [{ ...(first as PublishedPort) }]);
    expect(publisher.ports("it")).toEqual([second] as PublishedPort[]);
    expect([...filter.ports]).toEqual([second] as PublishedPort[]);
    // Its number is free for others.
    const hostPort = String(first?.hostPort);
    expect(await publisher.publish("other", [{ ...web, hostPort }], ipv4)).toHaveLength(1);
    await publisher.unpublish("it", [first as PublishedPort]);
    await publisher.unpublish("it");
    expect(publisher.ports("it")).toEqual([]);
  });

  test("are all published or none", async () => {
    const [taken] = await publisher.publish("other", [web], ipv4);
    const requests = [web, { ...web, hostPort: String(taken?.hostPort) }];
    const failure = await publisher.publish("it", requests, both).catch((error: Error) => error.message);
    expect(failure).toContain("port is already allocated");
    expect(published()).toEqual([]);
    expect([...filter.ports]).toEqual([taken] as PublishedPort[]);
  });

  test("follow the container to its new address, under the same numbers", async () => {
    const [before] = await publisher.publish("it", [{ ...web, hostIp: "127.0.0.1" }], ipv4);
    await publisher.retarget("it", { targets: { 4: { address: "10.9.0.7" } } });
    expect(published()).toEqual([`127.0.0.1 ${before?.hostPort} > 10.9.0.7`]);
    expect(rules()).toEqual(published());
  });

  test("are held while there is no address, and lead somewhere again when there is one", async () => {
    const [before] = await publisher.publish("it", [web], ipv4);
    const hostPort = before?.hostPort ?? 0;
    await publisher.retarget("it", { targets: {} });
    expect(published()).toEqual([]);
    expect(rules()).toEqual([]);
    const taken = publisher.publish("other", [{ ...web, hostPort: String(hostPort) }], ipv4);
    expect(await taken.catch((error: Error) => error.message)).toContain("already allocated");
    await publisher.retarget("it", ipv4);
    expect(published()).toEqual([`0.0.0.0 ${hostPort} > 10.0.0.2`]);
  });

  test("of a container that nothing leads to come with its first address", async () => {
    expect(await publisher.publish("it", [web], { targets: {} })).toEqual([]);
    await publisher.retarget("it", both);
    expect(publisher.ports("it").map(({ hostIp }) => hostIp)).toEqual(["0.0.0.0", "::"]);
  });

  test("reach both families, and a family that came later under the same number", async () => {
    const [ipv4Port] = await publisher.publish("it", [web], ipv4);
    await publisher.retarget("it", both);
    const hostPort = ipv4Port?.hostPort;
    expect(published()).toEqual([`0.0.0.0 ${hostPort} > 10.0.0.2`, `:: ${hostPort} > fd00::2`]);
    await publisher.retarget("it", ipv4);
    expect(published()).toEqual([`0.0.0.0 ${hostPort} > 10.0.0.2`]);
    await publisher.retarget("it", both);
    expect(rules().toSorted()).toEqual([`0.0.0.0 ${hostPort} > 10.0.0.2`, `:: ${hostPort} > fd00::2`]);
  });

  test("that were taken back do not come with another address", async () => {
    const [, ipv6Port] = await publisher.publish("it", [web], both);
    await publisher.unpublish("it", [ipv6Port as PublishedPort]);
    await publisher.retarget("it", { targets: { 4: { address: "10.0.0.3" }, 6: { address: "fd00::3" } } });
    expect(publisher.ports("it").map(({ hostIp }) => hostIp)).toEqual(["0.0.0.0"]);
  });

  test("of a routed network have no number on the host", async () => {
    const routed = { targets: { 4: { address: "10.0.0.2", routed: true } } };
    const ports = await publisher.publish("it", [{ ...web, hostPort: "8080" }], routed);
    expect(ports).toMatchObject([{ hostIp: "0.0.0.0", hostPort: 0, address: "10.0.0.2" }]);
    expect([...filter.ports]).toEqual(ports);
  });

  test("on IPv6 in front of an IPv4 container, and on [::1], are passed on by this process", async () => {
    const server = createServer((socket) => socket.end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const containerPort = (server.address() as { port: number }).port;
    const options = { targets: { 4: { address: "127.0.0.1" } } };
    const requests = ["::1", "::"].map((hostIp) => ({ containerPort, protocol: "tcp", hostIp }) as const);
    const ports = await publisher.publish("it", requests, options);
    expect(ports.map(({ hostIp, address }) => `${hostIp} ${address}`)).toEqual([
      "::1 127.0.0.1",
      ":: 127.0.0.1",
    ]);
    expect(filter.ports.size).toBe(0);
    for (const { hostPort } of ports) expect(await answers("::1", hostPort)).toBe(true);
    await publisher.unpublish("it", ports.slice(0, 1));
    expect(await answers("::1", ports[0]?.hostPort ?? 0)).toBe(false);
    expect(await answers("::1", ports[1]?.hostPort ?? 0)).toBe(true);
    server.close();
  });

  test("of an engine before this one are held and known at once", async () => {
    const [port] = await publisher.publish("it", [{ ...web, hostIp: "127.0.0.1" }], ipv4);
    publisher.close();
    filter.ports.clear();
    const applied = filter.applied;
    publisher = new Publisher(filter, (_, message) => void said.push(message));
    publisher.adopt("it", [port as PublishedPort]);
    expect(publisher.ports("it")).toEqual([port as PublishedPort]);
    expect([...filter.ports]).toEqual([port as PublishedPort]);
    // Others have yet to be adopted.
    expect(filter.applied).toBe(applied);
    publisher.adopt("other", [port as PublishedPort]);
    await Promise.resolve();
    expect(said).toEqual([expect.stringContaining("no longer published: Bind for 127.0.0.1:")]);
  });
});
