import { expect, test } from "bun:test";
import { sleeping } from "../../support/containers.ts";
import { network } from "../../support/networks.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("links on the default bridge:", fixture, (line) => {
  const { call, ok } = line;
  const address = (name: string) =>
    ok(["inspect", "-f", "{{.NetworkSettings.Networks.bridge.IPAddress}}", name]);

  test("variables, a hosts entry, an alias", async () => {
    await using target = await sleeping(line, "-h", "dbhost", "--expose", "5432", "-e", "PASSWORD=secret");
    const ip = await address(target.name);
    const script = "env; cat /etc/hosts; ping -c1 -W2 db | head -1";
    const name = uniqueName();
    const output = await ok([
      ...["run", "--rm", "--name", name, "--link", `${target.name}:db`, "busybox", "sh", "-c", script],
    ]);
    expect(output).toContain(`DB_NAME=/${name}/db\n`);
    expect(output).toContain(`DB_PORT=tcp://${ip}:5432\n`);
    expect(output).toContain(`DB_PORT_5432_TCP=tcp://${ip}:5432\n`);
    expect(output).toContain(`DB_PORT_5432_TCP_ADDR=${ip}\n`);
    expect(output).toContain("DB_PORT_5432_TCP_PORT=5432\nDB_PORT_5432_TCP_PROTO=tcp\n");
    expect(output).toContain("DB_ENV_PASSWORD=secret\n");
    expect(output).toMatch(new RegExp(`^${ip}\\s+db dbhost ${target.name}$`, "m"));
    expect(output).toContain(`PING db (${ip})`);
  });

  test("the entry follows its container to another address", async () => {
    await using target = await sleeping(line);
    await using linking = await sleeping(line, "--link", `${target.name}:db`);
    const before = await address(target.name);
    await ok(["stop", "-t", "0", target.name]);
    // Whoever comes next may have the address that is free now.
    await using _others = await sleeping(line);
    await ok(["start", target.name]);
    const after = await address(target.name);
    const hosts = (await linking.exec("cat /etc/hosts")).stdout;
    expect(hosts).toMatch(new RegExp(`^${after}\\s+db `, "m"));
    if (before !== after) expect(hosts).not.toMatch(new RegExp(`^${before}\\s+db `, "m"));
  });

  test("what cannot be linked to is told", async () => {
    await using net = await network(line);
    await using elsewhere = await sleeping(line, "--network", net.name);
    await using stopped = await sleeping(line);
    await ok(["stop", "-t", "0", stopped.name]);
    const refused = async (...flags: string[]) => {
      const result = await call(["run", "--rm", ...flags, "busybox", "true"]);
      expect(result.code).toBe(125);
      return result.stderr;
    };
    expect(await refused("--link", "nonesuch:x")).toContain("could not get container for nonesuch");
    expect(await refused("--link", `${elsewhere.name}:x`)).toContain(
      "does not belong to the default network",
    );
    expect(await refused("--link", `${stopped.name}:x`)).toContain("Cannot link to a non running container");
    expect(await refused("--network", "host", "--link", `${stopped.name}:x`)).toContain(
      "can't be used with links",
    );
  });
});
