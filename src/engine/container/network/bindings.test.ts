import { describe, expect, test } from "bun:test";
import type { HostConfig } from "../../../api/index.ts";
import type { PublishedPort } from "../../../network/index.ts";
import { addBindings, anywhere, matchesPort, normalisedKeys, removeBindings } from "./bindings.ts";

const published = (hostPort: number, containerPort = 80, hostIp = "0.0.0.0"): PublishedPort => ({
  protocol: "tcp",
  hostIp,
  hostPort,
  address: "10.0.0.2",
  containerPort,
});
const left = (
  hostConfig: HostConfig,
  remove: Parameters<typeof removeBindings>[1],
  gone: PublishedPort[] = [],
) => removeBindings({ hostConfig, config: { ExposedPorts: { "80/tcp": {} } } }, remove, gone);

test("ports have one way to be written", () => {
  const ports = { "80": [{ HostPort: "1" }], "80/TCP": [{ HostPort: "2" }], "53/udp": null };
  expect(normalisedKeys(ports)).toEqual({ "80/tcp": [{ HostPort: "1" }, { HostPort: "2" }], "53/udp": null });
});

test("which published ports are meant", () => {
  expect(matchesPort(undefined, published(8080))).toBe(false);
  expect(matchesPort(null, published(8080))).toBe(true);
  expect(matchesPort([{ HostPort: "8080" }], published(8080))).toBe(true);
  expect(matchesPort([{ HostPort: "8080" }], published(8081))).toBe(false);
  expect(matchesPort([{ HostPort: "8000-9000" }], published(8081))).toBe(true);
  expect(matchesPort([{ HostIp: "127.0.0.1", HostPort: "8080" }], published(8080))).toBe(false);
});

describe("bindings that go", () => {
  test("by name, and as the origin of a port that goes", () => {
    const PortBindings = { "80/tcp": [{ HostPort: "8080" }, { HostPort: "9000-9010" }, {}] };
    const meant = { "80/tcp": [{ HostPort: "8080" }] };
    expect(left({ PortBindings }, meant, [published(8080), published(8080, 80, "::")]).bindings).toEqual({
      "80/tcp": [{ HostPort: "9000-9010" }, {}],
    });
    expect(left({ PortBindings }, { "80/tcp": [{ HostPort: "9004" }] }, [published(9004)]).bindings).toEqual({
      "80/tcp": [{ HostPort: "8080" }, {}],
    });
    expect(
      left({ PortBindings }, { "80/tcp": [{ HostPort: "32768" }] }, [published(32768)]).bindings,
    ).toEqual({
      "80/tcp": [{ HostPort: "8080" }, { HostPort: "9000-9010" }],
    });
    expect(left({ PortBindings }, { "80/tcp": null }).bindings).toEqual({});
  });

  test("what -P would publish again is kept from it", () => {
    const all = left({ PortBindings: {}, PublishAllPorts: true }, { "80/tcp": null }, [published(32768)]);
    expect(all.bindings).toEqual({ "80/tcp": [] });
    expect(left({ PortBindings: {} }, { "80/tcp": null }).removed.size).toBe(0);
  });
});

test("bindings that come", () => {
  expect(
    addBindings({ "80/tcp": [{ HostPort: "1" }] }, { "80/tcp": [{ HostPort: "2" }], "81/tcp": null }),
  ).toEqual({
    "80/tcp": [{ HostPort: "1" }, { HostPort: "2" }],
    "81/tcp": [{}],
  });
  expect(() => addBindings({ "80/tcp": [{ HostPort: "1" }] }, { "80/tcp": [{ HostPort: "1" }] })).toThrow(
    "port 80/tcp is published at all addresses:1 already",
  );
  expect(anywhere({ "80/tcp": [] })).toEqual({ "80/tcp": [{}] });
});
