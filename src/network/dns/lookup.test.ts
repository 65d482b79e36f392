import { expect, test } from "bun:test";
import { backend, closeAfterEach, served } from "./dns.fixture.ts";
import { lookUp } from "./lookup.ts";
import { NAME_SERVER } from "./server.ts";

closeAfterEach();

const { signal } = new AbortController();

test("tells addresses from names without any, names that are none, failures and silence", async () => {
  const { names, fd } = await served();
  const ipv4 = (name: string) => lookUp({ address: NAME_SERVER, namespace: fd }, name, "A", 2000, signal);
  const endpoint = { endpointId: "e1", names: ["db"], canonical: "db" };
  names.register(backend, { ...endpoint, ipv4: "10.0.0.2" });
  expect(await ipv4("db")).toEqual({ kind: "addresses", addresses: ["10.0.0.2"] });
  names.register(backend, { ...endpoint, ipv6: "fd00::2" });
  expect(await ipv4("db")).toEqual({ kind: "none" });
  // Nothing leads out of this network, so that nobody can be asked for other names.
  expect(await ipv4("other")).toEqual({ kind: "failed", code: "SERVFAIL" });
  const nobody = { address: "127.0.0.99", namespace: fd };
  expect(await lookUp(nobody, "db", "A", 50, signal)).toEqual({ kind: "silent" });
});

test("an answer that does not fit into a datagram is asked for again", async () => {
  const { names, fd } = await served();
  const addresses = Array.from({ length: 60 }, (_, index) => `10.0.1.${index}`);
  for (const ipv4 of addresses)
    names.register(backend, { endpointId: ipv4, names: ["many"], canonical: ipv4, ipv4 });
  const answer = await lookUp({ address: NAME_SERVER, namespace: fd }, "many", "A", 2000, signal);
  expect(answer.kind === "addresses" && answer.addresses.toSorted()).toEqual(addresses.toSorted());
});
