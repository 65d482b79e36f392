import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { PublishedPort } from "../model.ts";
import type { BackendName } from "./choose.ts";
import { ask, cannotConnect, connect, ip, Lab, network, run } from "./lab.fixture.ts";
import { PacketFilter } from "./packet-filter.ts";

const port = (hostPort: number, more: Partial<PublishedPort> = {}): PublishedPort => ({
  protocol: "tcp",
  hostIp: "0.0.0.0",
  hostPort,
  address: "10.1.0.2",
  containerPort: 80,
  ...more,
});

/** As ufw writes them: nothing comes in but 8080/tcp and 5353/udp from one machine, and 8081/tcp from all. */
const ufw = (addresses: string[]) => `*filter
:INPUT DROP [0:0]
:ufw-before-input - [0:0]
:ufw-not-local - [0:0]
:ufw-user-input - [0:0]
-A INPUT -j ufw-before-input
-A INPUT -j ufw-user-input
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -p ipv6-icmp -j ACCEPT
-A ufw-before-input -m comment --comment "not for us -j DROP" -j ufw-not-local
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m limit --limit 3/min -j LOG --log-prefix "[UFW BLOCK] "
-A ufw-not-local -j DROP
-A ufw-user-input -p tcp -m tcp --dport 9999 -j REJECT --reject-with tcp-reset
${addresses.map((it) => `-A ufw-user-input -s ${it} -p tcp -m tcp --dport 8080 -j ACCEPT`).join("\n")}
-A ufw-user-input -s ${addresses[0]} -p udp -m udp --dport 5353 -j ACCEPT
-A ufw-user-input -p tcp -m tcp --dport 8081 -j ACCEPT
COMMIT
`;

/** The same as firewalld writes it. */
const firewalld = (addresses: string[], addresses6: string[]) => `table inet firewalld
delete table inet firewalld
table inet firewalld {
  set allowed4 { type ipv4_addr; flags interval; elements = { ${addresses.join(", ")} }; }
  set allowed6 { type ipv6_addr; elements = { ${addresses6.join(", ")} }; }
  counter seen { }
  map zones { type ifname : verdict; elements = { "out0" : goto filter_IN_public }; }
  chain filter_INPUT {
    type filter hook input priority 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    meta l4proto { icmp, ipv6-icmp } accept
    counter name seen
    iifname vmap @zones
    reject with icmpx admin-prohibited
  }
  chain filter_IN_public {
    jump filter_IN_public_allow
    limit rate 3/minute log prefix "BLOCK: "
    reject with icmpx admin-prohibited
  }
  chain filter_IN_public_allow {
    ip saddr @allowed4 tcp dport 8080 ct state { new, untracked } counter accept
    ip6 saddr @allowed6 tcp dport 8080 accept
    ip saddr @allowed4 udp dport 5353 accept
    tcp dport 8081 accept
  }
}
`;

type Allow = (lab: Lab, addresses: string[], addresses6: string[]) => Promise<unknown>;

const iptables =
  (variant: string): Allow =>
  (lab, addresses, addresses6) =>
    Promise.all([
      run(lab.host, [`iptables-${variant}-restore`], ufw(addresses)),
      run(lab.host, [`ip6tables-${variant}-restore`], ufw(addresses6)),
    ]);

const kinds: { name: string; backend: BackendName; allow: Allow }[] = [
  { name: "iptables, host with ufw", backend: "iptables", allow: iptables("nft") },
  { name: "iptables, host with ufw of legacy tables", backend: "iptables", allow: iptables("legacy") },
  {
    name: "iptables, host with firewalld",
    backend: "iptables",
    allow: (lab, ...addresses) => run(lab.host, ["nft", "-f", "-"], firewalld(...addresses)),
  },
  { name: "nftables, host with ufw", backend: "nftables", allow: iptables("nft") },
  { name: "nftables, host with ufw of legacy tables", backend: "nftables", allow: iptables("legacy") },
  {
    name: "nftables, host with firewalld",
    backend: "nftables",
    allow: (lab, ...addresses) => run(lab.host, ["nft", "-f", "-"], firewalld(...addresses)),
  },
];

describe.each(kinds)("respect: $name", ({ backend, allow }) => {
  let lab: Lab;
  let filter: PacketFilter;
  let errors: string[];

  beforeAll(async () => {
    lab = new Lab();
    await lab.build();
    // The other machine has two addresses: with .66 it goes to the host's .2, and with .9 to its .1.
    await ip(lab.outside, "route add 192.0.2.2/32 dev eth0 src 192.0.2.66");
  });
  afterAll(() => lab.close());
  beforeEach(async () => {
    errors = [];
    await allow(lab, ["192.0.2.66"], ["fd02::9"]);
    filter = new PacketFilter(
      `lab${process.pid}`,
      (level, message) => level === "error" && errors.push(message),
      { backend, mode: "respect" },
      lab.host,
    );
    const own = network("a");
    filter.networks.set(own.networkId, own);
    filter.ports.add(port(8080));
    filter.ports.add(port(8080, { hostIp: "::", address: "fd00:a::2" }));
    await filter.apply();
  });
  afterEach(async () => {
    await filter.remove();
    await filter.close();
    expect(await run(lab.host, ["nft", "list", "ruleset"])).not.toContain("lab");
    for (const chain of ["FORWARD", "INPUT"]) await run(lab.host, ["iptables-legacy", "-P", chain, "ACCEPT"]);
  });

  test("published ports are open to whom the host lets in", async () => {
    expect(await connect(lab.outside, "192.0.2.2", 8080)).toBe("a1 192.0.2.66");
    expect(await cannotConnect(lab.outside, "192.0.2.1", 8080)).toBe(true);
    expect(await connect(lab.outside, "fd02::1", 8080)).toBe("a1 fd02::9");
    const udp = port(5353, { protocol: "udp", containerPort: 53 });
    for (const it of [port(8081), port(8082), udp]) filter.ports.add(it);
    await filter.apply();
    expect(await connect(lab.outside, "192.0.2.1", 8081)).toBe("a1 192.0.2.9");
    expect(await ask(lab.outside, "192.0.2.2", 5353)).toBe("a1");
    expect(await ask(lab.outside, "192.0.2.1", 5353, 500)).toBe("");
    expect(await cannotConnect(lab.outside, "192.0.2.2", 8082)).toBe(true);
    expect(errors).toEqual([]);
  });

  test("the host itself and containers reach them", async () => {
    expect(await connect(lab.host, "127.0.0.1", 8080)).toBe("a1 10.1.0.1");
    expect(await connect(lab.host, "192.0.2.1", 8080)).toStartWith("a1 ");
    expect(await connect(lab.a2, "192.0.2.1", 8080)).toBe("a1 10.1.0.1");
    expect(await connect(lab.a1, "192.0.2.9", 80)).toBe("outside 192.0.2.1");
  });

  test("a change of the host's rules is followed", async () => {
    await allow(lab, ["192.0.2.9"], ["fd02::99"]);
    await filter.verify();
    expect(await connect(lab.outside, "192.0.2.1", 8080)).toBe("a1 192.0.2.9");
    expect(await cannotConnect(lab.outside, "192.0.2.2", 8080)).toBe(true);
    expect(await cannotConnect(lab.outside, "fd02::1", 8080)).toBe(true);
    expect(errors).toEqual([]);
  });
});
