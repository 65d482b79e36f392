import { expect, test } from "bun:test";
import { running, sleeping } from "../../support/containers.ts";
import { command, until } from "../../support/engine.ts";
import { answers, ask, freePort, ownAddress, server } from "../../support/ports.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("published ports:", fixture, (line) => {
  const { call, ok } = line;

  test("are reached by 127.0.0.1, by the host's address, from other containers by both", async () => {
    const port = freePort();
    await using container = await running(line, server("words"), "-p", `${port}:80`);
    await answers("127.0.0.1", port, "words");
    await answers(ownAddress(), port, "words");
    for (const host of [ownAddress(), fixture.engine.bip.split("/")[0] ?? ""]) {
      await until(`a neighbour reaches ${host}`, async () => {
        const result = await call(["run", "--rm", "busybox", "nc", "-w", "2", host, `${port}`]);
        return result.stdout === "words\n";
      });
    }
    const itself = await container.exec(`nc -w 2 ${ownAddress()} ${port}`);
    expect(itself.stdout).toBe("words\n");
    expect(await ok(["port", container.name, "80"])).toContain(`0.0.0.0:${port}`);
  });

  test("are DNAT rules in the nat table, and are gone with the container", async () => {
    const port = freePort();
    const rules = async () => (await command(["iptables", "-t", "nat", "-S"])).stdout;
    {
      await using container = await running(line, server("x"), "-p", `127.0.0.1:${port}:80`);
      const address = await container.inspect("{{.NetworkSettings.Networks.bridge.IPAddress}}");
      expect(await rules()).toMatch(new RegExp(`--dport ${port} .*-j DNAT --to-destination ${address}:80`));
      await answers("127.0.0.1", port, "x");
      await ok(["stop", "-t", "0", container.name]);
      expect(await rules()).not.toContain(`--dport ${port} `);
      expect(await ask("127.0.0.1", port)).toBe("");
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
      await ok(["start", container.name]);
      await answers("127.0.0.1", port, "x");
    }
    expect(await rules()).not.toContain(`--dport ${port} `);
  });

  test("UDP, there and back", async () => {
    const port = freePort();
    await using container = await sleeping(line, "-p", `${port}:53/udp`);
    expect(await ok(["port", container.name])).toContain(`53/udp -> 0.0.0.0:${port}`);
    // BusyBox has no UDP server: one of ours listens in the container's network.
    const echo =
      "Bun.udpSocket({ port: 53, socket: { data: (s, data, port, address) => s.send(data, port, address) } })";
    const pid = await container.inspect("{{.State.Pid}}");
    const server = Bun.spawn(["nsenter", "-t", pid, "-n", process.execPath, "-e", echo], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    let answer = "";
    const socket = await Bun.udpSocket({
      socket: {
        data(_socket, data) {
          answer = data.toString();
        },
        error() {},
      },
    });
    await until("the datagram came back", () => {
      socket.send("datagram", port, "127.0.0.1");
      return answer === "datagram";
    });
    socket.close();
    server.kill();
    await server.exited;
  });

  test("ranges map one to one", async () => {
    const first = freePort() & ~1;
    await using container = await running(
      line,
      `(${server("one", 8000)}) & ${server("two", 8001)}`,
      ...["-p", `127.0.0.1:${first}-${first + 1}:8000-8001`],
    );
    await answers("127.0.0.1", first, "one");
    await answers("127.0.0.1", first + 1, "two");
    expect(await ok(["ps", "--filter", `name=${container.name}`, "--format", "{{.Ports}}"])).toBe(
      `127.0.0.1:${first}->8000/tcp, 127.0.0.1:${first + 1}->8001/tcp`,
    );
  });

  test("-P publishes what is exposed, at ports that are free", async () => {
    await using container = await running(
      line,
      server("exposed"),
      "-P",
      "--expose",
      "80",
      "--expose",
      "81/udp",
    );
    const ports = (await ok(["port", container.name])).split("\n").filter((row) => !row.includes("[::]"));
    expect(ports.map((row) => row.split(" ")[0])).toEqual(["80/tcp", "81/udp"]);
    const port = Number((await ok(["port", container.name, "80/tcp"])).split("\n")[0]?.split(":").at(-1));
    expect(port).toBeGreaterThanOrEqual(32768);
    await answers("127.0.0.1", port, "exposed");
  });

  test("a host address keeps the others out", async () => {
    const port = freePort();
    await using _container = await running(line, server("local"), "-p", `127.0.0.1:${port}:80`);
    await answers("127.0.0.1", port, "local");
    if (ownAddress() !== "127.0.0.1") expect(await ask(ownAddress(), port)).toBe("");
  });

  test("a port in use is an error that names it, and leaves a container that can start later", async () => {
    const port = freePort();
    await using _first = await running(line, server("x"), "-p", `${port}:80`);
    const second = await call([
      "run",
      "-d",
      "--name",
      `second-${port}`,
      "-p",
      `${port}:80`,
      "busybox",
      "true",
    ]);
    expect(second.code).toBe(125);
    expect(second.stderr).toContain(`${port}`);
    expect(second.stderr).toMatch(/port is already allocated|address already in use/);
    expect(await ok(["inspect", "-f", "{{.State.Status}}", `second-${port}`])).toBe("created");
    await ok(["rm", `second-${port}`]);

    const listener = Bun.listen({ hostname: "0.0.0.0", port: 0, socket: { data() {} } });
    const taken = await call(["run", "--rm", "-p", `${listener.port}:80`, "busybox", "true"]);
    expect(taken.code).toBe(125);
    expect(taken.stderr).toMatch(/address already in use/);
    listener.stop(true);
    expect((await call(["run", "--rm", "-p", `${listener.port}:80`, "busybox", "true"])).code).toBe(0);
  });

  test("the port is really taken on the host while the container runs", async () => {
    const port = freePort();
    await using _container = await sleeping(line, "-p", `${port}:80`);
    expect(() => Bun.listen({ hostname: "0.0.0.0", port, socket: { data() {} } })).toThrow();
  });

  test("rules that somebody flushes come back", async () => {
    const port = freePort();
    await using _container = await running(line, server("back"), "-p", `${port}:80`);
    await answers("127.0.0.1", port, "back");
    const nat = (await command(["iptables", "-t", "nat", "-S"])).stdout;
    const rule = nat.split("\n").find((row) => row.includes(`--dport ${port} `)) ?? "";
    const chain = rule.split(" ")[1] ?? "";
    expect(chain).not.toBe("");
    expect((await command(["iptables", "-t", "nat", "-F", chain])).code).toBe(0);
    await until(
      "the rule is back",
      async () => (await command(["iptables", "-t", "nat", "-S", chain])).stdout.includes(`--dport ${port} `),
      30_000,
    );
    await answers(ownAddress(), port, "back");
  }, 60_000);
});
