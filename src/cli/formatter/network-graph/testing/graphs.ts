/* Graphs that tests draw. */
import type { NetworkGraph } from "../../../../api/index.ts";
import type { GraphContainer, GraphNetwork, GraphPort } from "../model.ts";

const network = (Name: string, more: Partial<GraphNetwork> = {}): GraphNetwork => ({
  ...{ Id: Bun.hash(Name).toString(16).padStart(16, "0").repeat(4), Name, Driver: "bridge", Subnets: [] },
  ...{ Internal: false, InterContainer: true, Outbound: true },
  ...more,
});

const container = (Name: string, more: Partial<GraphContainer> = {}): GraphContainer => ({
  ...{ Id: Bun.hash(`c/${Name}`).toString(16).padStart(16, "0").repeat(4), Name },
  ...{ Running: true, Endpoints: [], Ports: [], ...more },
});

const end = (Network: string, IPv4: string, more: Partial<GraphContainer["Endpoints"][number]> = {}) => ({
  ...{ Network, IPv4, IPv6: "", Aliases: [], Gateway: false, ...more },
});

const port = (HostIp: string, HostPort: number, ContainerPort: number, Protocol = "tcp"): GraphPort => ({
  ...{ HostIp, HostPort, ContainerPort, Protocol },
  External: !HostIp.startsWith("127.") && HostIp !== "::1",
});

/** A shop: its web server in front, a database behind on an internal network, and some beside. */
export const shop: NetworkGraph = {
  Networks: [
    network("bridge", { Subnets: ["172.17.0.0/16"], InterContainer: false }),
    network("front", { Subnets: ["172.18.0.0/16", "fd00:18::/64"] }),
    network("back", { Subnets: ["172.19.0.0/24"], Internal: true, Outbound: false }),
    network("lan", { Driver: "macvlan", Subnets: ["192.168.1.0/24"] }),
    network("host", { Driver: "host" }),
    network("none", { Driver: "null", Outbound: false }),
  ],
  Containers: [
    container("web", {
      Endpoints: [
        end("front", "172.18.0.2", { IPv6: "fd00:18::2", Aliases: ["www"], Gateway: true }),
        end("back", "172.19.0.3"),
      ],
      Ports: [port("0.0.0.0", 8080, 80), port("::", 8080, 80), port("127.0.0.1", 9000, 9000)],
    }),
    container("mail", {
      Endpoints: [end("front", "172.18.0.3", { Gateway: true })],
      Ports: [port("10.1.2.3", 25, 25), port("10.1.2.3", 5353, 53, "udp")],
    }),
    container("db", { Endpoints: [end("back", "172.19.0.2", { Aliases: ["postgres", "db.internal"] })] }),
    container("batch", { Running: false, Endpoints: [end("back", "")] }),
    container("scratch", { Endpoints: [end("bridge", "172.17.0.2", { Gateway: true })] }),
    container("exporter", { Mode: "host" }),
    container("sidecar", { Mode: "container:web" }),
    container("alone", { Mode: "none" }),
  ],
};

export const nothing: NetworkGraph = { Networks: [], Containers: [] };

/** Names that would break a format that does not quote them, and a network that many are on. */
export const awkward: NetworkGraph = {
  Networks: [network('a"<b>&c', { Subnets: ["10.0.0.0/24"] })],
  Containers: Array.from({ length: 12 }, (_, index) =>
    container(`名前-${index}<&"`, { Endpoints: [end('a"<b>&c', `10.0.0.${index + 2}`, { Gateway: true })] }),
  ),
};
