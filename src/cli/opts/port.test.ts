import { describe, expect, test } from "bun:test";
import { bindingsOf } from "./port.ts";
import { parseRemovals } from "./port-removal.ts";

describe("ports to take back", () => {
  test("without a place on the host, all that leads there", () => {
    expect(parseRemovals(["80/tcp"])).toEqual({ "80/tcp": null });
    expect(parseRemovals(["80", "53/udp"])).toEqual({ "80/tcp": null, "53/udp": null });
    expect(parseRemovals(["8080:80", "80", "9090:80"])).toEqual({ "80/tcp": null });
  });

  test("with one, only this", () => {
    expect(parseRemovals(["8080:80"])).toEqual({ "80/tcp": [{ HostPort: "8080" }] });
    expect(parseRemovals(["127.0.0.1:8080:80/udp", "[::1]::80/udp"])).toEqual({
      "80/udp": [{ HostIp: "127.0.0.1", HostPort: "8080" }, { HostIp: "::1" }],
    });
    expect(parseRemovals(["8080-8081:80-81"])).toEqual({
      "80/tcp": [{ HostPort: "8080" }],
      "81/tcp": [{ HostPort: "8081" }],
    });
  });

  test("what is no port is refused", () => {
    expect(() => parseRemovals(["web"])).toThrow("invalid containerPort: web");
    expect(() => parseRemovals(["80/icmp"])).toThrow("invalid proto: icmp");
    expect(() => parseRemovals(["1.2.3:80:80"])).toThrow("invalid IP address: 1.2.3");
  });
});

test("ports to publish, several places for one", () => {
  expect(bindingsOf(["8080:80", "127.0.0.1:9090:80", "target=53,protocol=udp,published=5353"])).toEqual({
    "80/tcp": [
      { HostIp: "", HostPort: "8080" },
      { HostIp: "127.0.0.1", HostPort: "9090" },
    ],
    "53/udp": [{ HostIp: "", HostPort: "5353" }],
  });
});
