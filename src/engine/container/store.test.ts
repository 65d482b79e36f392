import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Metastore } from "../../metastore/index.ts";
import { containerFilter } from "./filter.ts";
import { ContainerStore } from "./store.ts";
import { testRecord } from "./testing.ts";

let directory: string;
let metastore: Metastore;
let store: ContainerStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-store-"));
  metastore = Metastore.open(join(directory, "state.db"));
  store = new ContainerStore(metastore);
});

afterEach(() => {
  metastore.close();
  rmSync(directory, { recursive: true, force: true });
});

const idOf = (prefix: string) => prefix.padEnd(64, "0");

function add(prefix: string, name: string, changes: Parameters<typeof testRecord>[0] = {}) {
  store.reserve(idOf(prefix), name);
  return store.add(testRecord({ ...changes, id: idOf(prefix), name }));
}

test("containers are found by id, name and prefix", () => {
  const web = add("abc1", "web");
  const second = add("abd2", "abc1");
  expect(store.find(web.id)).toBe(web);
  expect(store.find("web")).toBe(web);
  expect(store.find("/web")).toBe(web);
  expect(store.find("abd")).toBe(second);
  expect(store.find("abc1")).toBe(second);
  expect(() => store.find("ab")).toThrow("multiple IDs found with provided prefix: ab");
  expect(() => store.find("nope")).toThrow("No such container: nope");
});

test("a name belongs to one container", () => {
  const web = add("abc1", "web");
  expect(() => store.reserve(idOf("d"), "web")).toThrow(
    `Conflict. The container name "/web" is already in use by container "${web.id}". You have to remove (or ` +
      "rename) that container to be able to reuse that name.",
  );
  store.rename(web, "www");
  expect(store.reserve(idOf("d"), "web")).toBe("web");
  store.delete(web);
  expect(store.reserve(idOf("e"), "www")).toBe("www");
});

test("records outlive the store", () => {
  const web = add("abc1", "web");
  web.record.state.exitCode = 7;
  store.save(web);
  store.rename(web, "www");
  const again = new ContainerStore(metastore);
  expect(again.find("www").record.state.exitCode).toBe(7);
  expect(again.named("web")).toBeUndefined();
});

test.each([
  [{ name: ["^we"] }, ["web"]],
  [{ id: ["b"] }, ["job"]],
  [{ label: ["team=a"] }, ["web"]],
  [{ status: ["exited"] }, ["job"]],
  [{ exited: ["3"] }, ["job"]],
  [{ exited: ["0"] }, []],
  [{ volume: ["data"] }, ["job"]],
  [{ volume: ["/data"] }, ["job"]],
  [{ network: ["none"] }, ["web"]],
  [{ before: ["job"] }, ["web"]],
  [{ since: ["web"] }, ["job"]],
  [{ ancestor: ["parent"] }, ["job"]],
  [{ health: ["none"] }, ["web", "job"]],
  [{ "is-task": ["true"] }, []],
  [{ expose: ["80"] }, ["web"]],
  [{ publish: ["8000-8080/tcp"] }, ["web"]],
  [{ publish: ["80"] }, []],
])("filter %p", (filters, expected) => {
  const { state } = testRecord({});
  const ports = { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }] };
  const network = { sandboxId: "s", published: [], endpoints: {}, ports };
  add("a", "web", {
    config: { Labels: { team: "a" } },
    endpoints: { none: {} },
    state: { ...state, status: "running", startedAt: "2023-11-14T22:13:20Z", network },
  });
  add("b", "job", {
    created: "2023-11-14T22:13:21Z",
    image: { reference: "x", id: "sha256:child" },
    state: { ...state, status: "exited", exitCode: 3, startedAt: "2023-11-14T22:13:20Z" },
    mounts: [
      {
        point: {
          Type: "volume",
          Name: "data",
          Source: "/v",
          Destination: "/data",
          Mode: "",
          RW: true,
          Propagation: "",
        },
        options: [],
      },
    ],
  });
  const accepts = containerFilter(filters as Record<string, string[]>, {
    find: (ref) => store.find(ref),
    descendants: (ref) => (ref === "parent" ? ["sha256:parent", "sha256:child"] : []),
  });
  expect([...store].filter(accepts).map(({ record }) => record.name)).toEqual(expected);
});

test("filters that cannot be meant are refused", () => {
  const context = { find: (ref: string) => store.find(ref), descendants: () => [] };
  expect(() => containerFilter({ colour: ["red"] }, context)).toThrow("invalid filter 'colour'");
  expect(() => containerFilter({ status: ["gone"] }, context)).toThrow("invalid filter 'status=gone'");
  expect(() => containerFilter({ exited: ["x"] }, context)).toThrow("invalid filter 'exited=x'");
});
