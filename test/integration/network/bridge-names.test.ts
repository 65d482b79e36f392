import { expect, test } from "bun:test";
import { sleeping } from "../../support/containers.ts";
import { throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine({ flags: ["--bridge-names", "--ipv6=false"] });

throughBoth("names on the default bridge:", fixture, (line) => {
  test("containers find each other by name and short id, over a restart of the engine, too", async () => {
    await using one = await sleeping(line);
    await using two = await sleeping(line);
    const address = await two.inspect("{{.NetworkSettings.Networks.bridge.IPAddress}}");
    const id = (await two.inspect("{{.Id}}")).slice(0, 12);
    for (const name of [two.name, id]) {
      expect((await one.exec(`ping -c1 -W2 ${name}`)).stdout).toContain(`(${address})`);
    }
    await fixture.engine.kill();
    await fixture.engine.start();
    expect((await one.exec(`ping -c1 -W2 ${two.name}`)).stdout).toContain(`(${address})`);
    await line.ok(["network", "disconnect", "bridge", two.name]);
    expect((await one.exec(`nslookup ${two.name}`)).code).not.toBe(0);
  });
});
