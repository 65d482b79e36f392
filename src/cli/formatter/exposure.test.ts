import { describe, expect, test } from "bun:test";
import type { ContainerSummary, NetworkInspect, Port } from "../../api/index.ts";
import { containerListing } from "./container.ts";
import { exposure, isDirect } from "./exposure.ts";
import { renderRows } from "./render.ts";

const port = (IP: string, PublicPort: number, PrivatePort = 80): Port => ({
  IP,
  PublicPort,
  PrivatePort,
  Type: "tcp",
});

function container(
  Ports: Port[],
  mode = "bridge",
  state: ContainerSummary["State"] = "running",
): ContainerSummary {
  return {
    ...{ Id: "c".repeat(64), Names: ["/web"], Image: "app", ImageID: "", Command: "serve", Created: 0 },
    ...{ Ports, Labels: {}, State: state, Status: "Up", Mounts: [] },
    HostConfig: { NetworkMode: mode },
    NetworkSettings: { Networks: { [mode]: {} } },
  };
}

describe("a container is reached", () => {
  test.each([
    ["external", [port("0.0.0.0", 8080)], "bridge"],
    ["external", [port("127.0.0.1", 1), port("::", 8080)], "bridge"],
    ["external", [port("192.168.1.5", 8080)], "bridge"],
    ["local", [port("127.0.0.1", 8080), port("::1", 8080), port("127.1.2.3", 8080)], "bridge"],
    ["none", [{ PrivatePort: 80, Type: "tcp" }], "bridge"],
    ["none", [], "front"],
    ["external", [], "host"],
    ["external", [], "lan"],
    ["shared", [], "container:abc"],
  ] as const)("%s: %j on %s", (expected, ports, mode) => {
    expect(exposure(container([...ports], mode), new Set(["lan"]))).toBe(expected);
  });

  test("not when it does not run", () => {
    expect(exposure(container([], "host", "exited"), new Set())).toBe("none");
  });
});

test("networks whose containers are reached by their own addresses", () => {
  const network = (Driver: string, Options = {}) => isDirect({ Driver, Options } as NetworkInspect);
  expect(network("macvlan")).toBe(true);
  expect(network("bridge")).toBe(false);
  expect(network("bridge", { "com.docker.network.bridge.gateway_mode_ipv4": "nat" })).toBe(false);
  expect(network("bridge", { "com.docker.network.bridge.gateway_mode_ipv6": "routed" })).toBe(true);
});

describe("ps", () => {
  const ports = [port("0.0.0.0", 8080), port("::", 8080), port("127.0.0.1", 9000), port("0.0.0.0", 443, 443)];
  const render = (format: string, options = {}) =>
    renderRows(containerListing({ truncate: true, size: false, ...options }), format, [container(ports)]);

  test("shows docker's column to programs", () => {
    expect(render("{{.Ports}}")).toBe(
      "0.0.0.0:443->443/tcp, 0.0.0.0:8080->80/tcp, 127.0.0.1:9000->80/tcp, [::]:8080->80/tcp\n",
    );
  });

  test("marks what other machines reach for people", () => {
    expect(render("{{.Ports}}", { mark: (text: string) => `<${text}>` })).toBe(
      "<0.0.0.0:443->443/tcp>, <0.0.0.0:8080->80/tcp>, 127.0.0.1:9000->80/tcp, <[::]:8080->80/tcp>\n",
    );
  });

  test("has a column for it", () => {
    expect(render("table {{.Names}}\\t{{.Exposure}}")).toBe("NAMES     EXPOSURE\nweb       external\n");
  });
});
