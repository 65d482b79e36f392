import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { restoreRules } from "../../os/firewall/host-rules.fixture.ts";
import { NetworkController } from "../index.ts";
import {
  acquireMany,
  ask,
  configuration,
  eventually,
  fetchInside,
  fetchText,
  hostAddress,
  inside,
  kindOf,
  NET,
  ownRules,
  serve,
  started,
  udpServer,
  useController,
} from "../network.fixture.ts";

const engine = useController();

describe("published ports", () => {
  test("lead into the container from the host, from neighbours and from itself", async () => {
    const [web, neighbour] = [
      await engine.controller.acquire([{ networkId: NET }]),
      await engine.controller.acquire([{ networkId: NET }]),
    ];
    await serve(web, 80, "hello");
    const [port] = await engine.controller.publish(web.id, [{ containerPort: 80, protocol: "tcp" }]);
    const address = web.endpoints[0]?.ipv4?.address ?? "";
    expect(port).toMatchObject({ hostIp: "0.0.0.0", protocol: "tcp", containerPort: 80, address });
    const hostPort = port?.hostPort ?? 0;
    const shown = await new Response(Bun.spawn(["iptables", "-t", "nat", "-vnL"]).stdout).text();
    expect(shown).toMatch(new RegExp(`DNAT +(tcp|6) .*tcp dpt:${hostPort} to:${address}:80`));
    expect(await fetchText("127.0.0.1", hostPort)).toBe("hello");
    expect(await fetchText(hostAddress ?? "", hostPort)).toBe("hello");
    expect(await fetchText(configuration(0).gateway, hostPort)).toBe("hello");
    expect(await fetchText(address, 80)).toBe("hello");
    expect(await fetchInside(neighbour, address, 80)).toBe("hello");
    expect(await fetchInside(neighbour, hostAddress ?? "", hostPort)).toBe("hello");
    expect(await fetchInside(web, hostAddress ?? "", hostPort)).toBe("hello");
    await engine.controller.release(web);
    expect(await ownRules()).not.toContain(`--dport ${hostPort} `);
    expect(await fetchText("127.0.0.1", hostPort)).toBe("ECONNREFUSED");
  });

  test("work for UDP", async () => {
    const sandbox = await engine.controller.acquire([{ networkId: NET }]);
    const [port] = await engine.controller.publish(sandbox.id, [
      { containerPort: 53, protocol: "udp", hostIp: "127.0.0.1" },
    ]);
    await started(inside(sandbox, process.execPath, "-e", udpServer("text")));
    expect(await ask(port?.hostPort ?? 0)).toBe("ping");
  });

  test.each([0, 3])("lead UDP clients to the container that has the port now (and %d more)", async (more) => {
    const answers: string[] = [];
    const client = await Bun.udpSocket({
      // While nothing is published the host refuses, and says so.
      socket: { data: (_, data) => void answers.push(data.toString()), error: () => undefined },
    });
    const serving = async (text: string, hostPort: string) => {
      const sandbox = await engine.controller.acquire([{ networkId: NET }]);
      await started(inside(sandbox, process.execPath, "-e", udpServer(`"${text}"`)));
      const request = { containerPort: 53, protocol: "udp" } as const;
      // The flows of one port are looked up otherwise than those of several.
      const requests = [{ ...request, hostPort }, ...Array.from({ length: more }, () => request)];
      const [port] = await engine.controller.publish(sandbox.id, requests);
      return { sandbox, hostPort: port?.hostPort ?? 0 };
    };
    const answered = (text: string, hostPort: number) =>
      eventually(`${text} answers`, async () => {
        client.send("ping", hostPort, "127.0.0.1");
        await Bun.sleep(5);
        return answers.at(-1) === text;
      });
    const first = await serving("first", "");
    await answered("first", first.hostPort);
    await engine.controller.release(first.sandbox);
    client.send("lost", first.hostPort, "127.0.0.1");
    await serving("second", String(first.hostPort));
    await answered("second", first.hostPort);
    client.close();
  });

  test("are really reserved", async () => {
    const [one, two] = [
      await engine.controller.acquire([{ networkId: NET }]),
      await engine.controller.acquire([{ networkId: NET }]),
    ];
    const [port] = await engine.controller.publish(one.id, [{ containerPort: 80, protocol: "tcp" }]);
    const hostPort = String(port?.hostPort);
    expect(
      await kindOf(engine.controller.publish(two.id, [{ containerPort: 80, protocol: "tcp", hostPort }])),
    ).toBe(`conflict: Bind for 0.0.0.0:${hostPort} failed: port is already allocated`);
    const server = createServer();
    const refusal = new Promise((resolve) =>
      server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code)),
    );
    server.listen(Number(hostPort), "0.0.0.0");
    expect(await refusal).toBe("EADDRINUSE");

    const foreign = createServer();
    await new Promise<void>((resolve) => foreign.listen(0, "0.0.0.0", resolve));
    const taken = (foreign.address() as { port: number }).port;
    const request = { containerPort: 80, protocol: "tcp" } as const;
    expect(
      await kindOf(engine.controller.publish(two.id, [request, { ...request, hostPort: String(taken) }])),
    ).toBe(
      `conflict: failed to bind host port for 0.0.0.0:${taken}:${two.endpoints[0]?.ipv4?.address}:80/tcp: address already in use`,
    );
    const range = `${taken}-${taken + 5}`;
    const [chosen] = await engine.controller.publish(two.id, [{ ...request, hostPort: range }]);
    expect(chosen?.hostPort).toBeGreaterThan(taken);
    foreign.close();
    expect(
      (await ownRules()).split("\n").filter((line) => line.includes(`${two.endpoints[0]?.ipv4?.address}:80`)),
    ).toHaveLength(1);
  });

  test("refuse what cannot be", async () => {
    const sandbox = await engine.controller.acquire([{ networkId: NET }]);
    const request = { containerPort: 80, protocol: "tcp" } as const;
    expect(
      await kindOf(engine.controller.publish(sandbox.id, [{ ...request, hostPort: "70000" }])),
    ).toStartWith("invalid: ");
    expect(
      await kindOf(engine.controller.publish(sandbox.id, [{ ...request, hostPort: "9-1" }])),
    ).toStartWith("invalid: ");
    expect(
      await kindOf(engine.controller.publish(sandbox.id, [{ ...request, hostIp: "203.0.113.9" }])),
    ).toContain("cannot assign");
    const named = await kindOf(engine.controller.publish(sandbox.id, [{ ...request, hostIp: "localhost" }]));
    expect(named).toBe('invalid: "localhost" is not an IPv4 or IPv6 address');
  });

  test("come back after their rules were flushed", async () => {
    const web = await engine.controller.acquire([{ networkId: NET }]);
    await serve(web, 80, "hello");
    const [port] = await engine.controller.publish(web.id, [{ containerPort: 80, protocol: "tcp" }]);
    const key = configuration(0).engineKey;
    await restoreRules(`*nat\n-F SLIPWAY-DNAT-${key}\n-D POSTROUTING -j SLIPWAY-SNAT-${key}\nCOMMIT\n`);
    await eventually(
      "the port leads there again",
      async () => (await fetchText("127.0.0.1", port?.hostPort ?? 0)) === "hello",
    );
    // A change of ours on top of a flush repairs it as well.
    await restoreRules(`*nat\n-F SLIPWAY-DNAT-${key}\nCOMMIT\n`);
    await engine.controller.release(web);
    expect(await ownRules()).not.toContain(`--dport ${port?.hostPort} `);
  });

  test("of twenty containers at once", async () => {
    const all = await acquireMany(engine.controller, 20);
    const ports = await Promise.all(
      all.map((it) => engine.controller.publish(it.id, [{ containerPort: 80, protocol: "tcp" }])),
    );
    expect(new Set(ports.flat().map(({ hostPort }) => hostPort)).size).toBe(20);
    await Promise.all(all.map((it) => engine.controller.release(it)));
    expect(await ownRules()).not.toContain("--to-destination 10.213.");
  });

  test("are reserved, without rules, where the packet filter is not ours to change", async () => {
    const { bridge } = configuration(1);
    const warnings: string[] = [];
    const plain = new NetworkController({
      engineKey: configuration(1).engineKey,
      firewall: false,
      log: (level, message) => void (level === "warn" && warnings.push(message)),
    });
    await plain.ensure(bridge);
    await plain.reconcile();
    const sandbox = await plain.acquire([{ networkId: NET }]);
    const [port] = await plain.publish(sandbox.id, [{ containerPort: 80, protocol: "tcp" }]);
    expect(warnings).toEqual([expect.stringContaining("--iptables=false")]);
    expect(await fetchText("127.0.0.1", port?.hostPort ?? 0)).toBe("ECONNREFUSED");
    expect(await ownRules()).not.toContain(configuration(1).engineKey);
    await plain.release(sandbox);
    await plain.remove(NET);
    await plain.close();
  });
});
