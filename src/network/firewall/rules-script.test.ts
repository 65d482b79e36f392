import { describe, expect, test } from "bun:test";
import { chainsOf, destinationRule, type PublishedPort } from "./rules.ts";
import { assertScript, isInForce, parseSavedRules, portsScript, removalScript } from "./rules-script.ts";

const chains = chainsOf("eng");
const bridges = [
  { bridge: "br0", subnet: "10.0.0.0/24", interContainer: true, masquerade: true },
  { bridge: "br1", subnet: "10.0.1.0/24", interContainer: false, masquerade: false },
];
const port: PublishedPort = {
  protocol: "tcp",
  hostIp: "0.0.0.0",
  hostPort: 80,
  address: "10.0.0.2",
  containerPort: 8080,
};
const desired = { bridges, ports: [port] };

/** What iptables-save would show after a script was applied to an empty packet filter. */
const applied = (script: string) => script.replace(/^-I (\S+) 1 /gm, "-A $1 ");

describe("chains", () => {
  test("have names iptables takes, different for every engine", () => {
    for (const key of ["slipway0", "a-bridge-name15", "/run/slipway", "x".repeat(200)]) {
      for (const name of Object.values(chainsOf(key))) expect(name).toMatch(/^[\w.-]{1,28}$/);
    }
    expect(chainsOf("/run/a").dnat).not.toBe(chainsOf("/run/b").dnat);
  });
});

describe("rules", () => {
  const script = assertScript(chains, desired, parseSavedRules(""));

  test("let nothing into a bridge that was not published or asked for", () => {
    const forward = script.split("\n").filter((line) => line.startsWith(`-A ${chains.forward} `));
    expect(forward.indexOf(`-A ${chains.forward} -o br1 -j DROP`)).toBeLessThan(
      forward.indexOf(`-A ${chains.forward} -i br0 -j ACCEPT`),
    );
    expect(forward).toContain(`-A ${chains.forward} -i br0 -o br0 -j ACCEPT`);
    expect(forward).toContain(`-A ${chains.forward} -i br1 -o br1 -j DROP`);
  });

  test("masquerade only where wanted", () => {
    expect(script).toContain("-s 10.0.0.0/24 ! -o br0 -j MASQUERADE");
    expect(script).not.toContain("-s 10.0.1.0/24 ! -o br1 -j MASQUERADE");
  });

  test("name the host's address of a port unless it is any", () => {
    expect(destinationRule(port)).toBe("-p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:8080");
    expect(destinationRule({ ...port, hostIp: "127.0.0.1" })).toStartWith("-d 127.0.0.1/32 -p tcp ");
  });

  test("are known to be in force until one is gone", () => {
    const saved = applied(script);
    expect(isInForce(chains, desired, parseSavedRules(saved))).toBe(true);
    for (const line of saved
      .split("\n")
      .filter((it) => /^(-A|:)/.test(it) && !it.startsWith(`:${chains.user}`))) {
      const without = saved
        .split("\n")
        .filter((it) => it !== line)
        .join("\n");
      expect(isInForce(chains, desired, parseSavedRules(without))).toBe(false);
    }
  });

  test("are put in place again without doubling jumps or emptying the administrator's chain", () => {
    const again = assertScript(chains, desired, parseSavedRules(applied(script)));
    expect(again).toContain(`-D FORWARD -j ${chains.user}\n`);
    expect(again).not.toContain(`:${chains.user} `);
  });

  test("go from one set of ports to another in one transaction", () => {
    expect(portsScript(chains, new Set(["a", "b"]), new Set(["b", "c"]))).toBe(
      `*nat\n-D ${chains.dnat} a\n-A ${chains.dnat} c\nCOMMIT\n`,
    );
    expect(portsScript(chains, new Set(["a"]), new Set(["a"]))).toBe("");
  });

  test("are removed as they are found", () => {
    expect(removalScript(chains, parseSavedRules(""))).toBe("");
    const saved = applied(script);
    expect(removalScript(chains, parseSavedRules(saved))).toContain(`-X ${chains.user}\n`);
    const used = saved.replace("COMMIT", `-A ${chains.user} -s 10.9.0.0/16 -j DROP\nCOMMIT`);
    const removal = removalScript(chains, parseSavedRules(used));
    expect(removal).not.toContain(`-X ${chains.user}\n`);
    expect(removal).toContain(`-D FORWARD -j ${chains.user}\n`);
    const other = chainsOf("eng2");
    expect(removalScript(other, parseSavedRules(saved))).toBe("");
  });
});
