import { expect, test } from "bun:test";
import { addressesInHosts, candidates } from "./resolver.ts";

test("names are searched as resolv.conf says", () => {
  expect(candidates("db", [], [])).toEqual(["db"]);
  expect(candidates("db", ["a.example", "b.example."], [])).toEqual(["db.a.example", "db.b.example", "db"]);
  expect(candidates("db", ["a.example"], ["ndots:0"])).toEqual(["db", "db.a.example"]);
  expect(candidates("www.db", ["a.example"], [])).toEqual(["www.db", "www.db.a.example"]);
  expect(candidates("www.db", ["a.example"], ["edns0", "ndots:2"])).toEqual(["www.db.a.example", "www.db"]);
});

test("hosts files: all addresses of a name, in any case, without notes", () => {
  const text = "127.0.0.1\tlocalhost\n10.0.0.2 Db other # db2\n# 10.0.0.3 db\nfd00::2 db\nnonsense db\n";
  expect(addressesInHosts(text, "dB")).toEqual(["10.0.0.2", "fd00::2"]);
  expect(addressesInHosts(text, "db2")).toEqual([]);
});
