import { expect, test } from "bun:test";
import { testRecord } from "../testing.ts";
import { linkEnvironment } from "./link-environment.ts";
import { linkHosts, parseLink } from "./links.ts";

test("links as command lines and old clients write them", () => {
  expect(parseLink("db")).toEqual({ target: "db", alias: "db" });
  expect(parseLink("db:store")).toEqual({ target: "db", alias: "store" });
  expect(parseLink("/db:/web/store")).toEqual({ target: "db", alias: "store" });
  expect(() => parseLink("a:b:c")).toThrow("bad format for links: a:b:c");
  expect(() => parseLink(":x")).toThrow("bad format for links");
});

const record = testRecord({
  name: "db",
  config: {
    Hostname: "dbhost",
    Env: ["PASSWORD=x", "PATH=/bin", "BARE"],
    ExposedPorts: { "53/udp": {}, "80/tcp": {} },
  },
});
const link = { target: "db", alias: "my-db", record, ipv4: "10.0.0.2", ipv6: "fd00::2" };

test("variables, TCP first", () => {
  expect(linkEnvironment(testRecord({ name: "web" }), link)).toEqual([
    "MY_DB_NAME=/web/my-db",
    "MY_DB_PORT=tcp://10.0.0.2:80",
    "MY_DB_PORT_80_TCP=tcp://10.0.0.2:80",
    "MY_DB_PORT_80_TCP_ADDR=10.0.0.2",
    "MY_DB_PORT_80_TCP_PORT=80",
    "MY_DB_PORT_80_TCP_PROTO=tcp",
    "MY_DB_PORT_53_UDP=udp://10.0.0.2:53",
    "MY_DB_PORT_53_UDP_ADDR=10.0.0.2",
    "MY_DB_PORT_53_UDP_PORT=53",
    "MY_DB_PORT_53_UDP_PROTO=udp",
    "MY_DB_ENV_PASSWORD=x",
  ]);
});

test("hosts entries for both families", () => {
  const names = ["my-db", "dbhost", "db"];
  expect(linkHosts([link])).toEqual([
    { address: "10.0.0.2", names },
    { address: "fd00::2", names },
  ]);
});
