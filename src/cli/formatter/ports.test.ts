import { describe, expect, test } from "bun:test";
import { displayPorts, portMappings } from "./ports.ts";

const range = (IP: string, first: number, last: number, Type = "tcp", shift = 0) =>
  Array.from({ length: last - first + 1 }, (_, index) => ({
    ...(IP === "" ? {} : { IP, PublicPort: first + index + shift }),
    ...{ PrivatePort: first + index, Type },
  }));

describe("ports as docker shows them", () => {
  test.each([
    ["", []],
    ["80/tcp", range("", 80, 80)],
    ["53/udp, 90-92/tcp", [...range("", 90, 92), ...range("", 53, 53, "udp")].reverse()],
    [
      "0.0.0.0:80-82->80-82/tcp, [::]:80-82->80-82/tcp",
      [...range("::", 80, 82), ...range("0.0.0.0", 80, 82)],
    ],
    [
      "0.0.0.0:80-81->80-81/tcp, 0.0.0.0:85->85/tcp",
      [...range("0.0.0.0", 80, 81), ...range("0.0.0.0", 85, 85)],
    ],
    // Ports that have another number outside are not joined.
    ["0.0.0.0:1080->80/tcp, 0.0.0.0:1081->81/tcp", range("0.0.0.0", 80, 81, "tcp", 1000)],
    ["443/tcp, 0.0.0.0:8080->80/tcp", [...range("", 443, 443), ...range("0.0.0.0", 80, 80, "tcp", 8000)]],
  ])("%s", (text, ports) => {
    expect(displayPorts(ports)).toBe(text);
  });
});

test("mappings are a line each, the ports in order", () => {
  const ports = {
    "443/tcp": null,
    "100/udp": [{ HostIp: "::1", HostPort: "9" }],
    "80/tcp": [
      { HostIp: "0.0.0.0", HostPort: "8080" },
      { HostIp: "::", HostPort: "8080" },
    ],
  };
  expect(portMappings(ports)).toBe("80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n100/udp -> [::1]:9\n");
  expect(portMappings({})).toBe("");
});
