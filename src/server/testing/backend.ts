import type { Backend } from "../../engine/backend.ts";
import { TestBuilds } from "./builds.ts";
import { TestContainers } from "./containers.ts";
import { TestExecs } from "./execs.ts";
import { TestImages } from "./images.ts";
import { TestRegistries } from "./registries.ts";
import { TestStore } from "./store.ts";
import { TestSystem } from "./system.ts";

/** A backend in memory: small, deterministic, and with handles for tests to make things happen. */
export class TestBackend implements Backend {
  readonly containers = new TestContainers();
  readonly execs = new TestExecs();
  readonly images = new TestImages();
  readonly system = new TestSystem();
  readonly store = new TestStore();
  readonly builds = new TestBuilds();
  readonly registries = new TestRegistries();
  readonly networks: Backend["networks"] = {
    list: async () => [bridge],
    inspect: async () => bridge,
    create: async () => ({ Id: bridge.Id, Warning: "" }),
    remove: async () => {},
    connect: async () => {},
    disconnect: async () => {},
    prune: async () => ({ NetworksDeleted: null }),
    graph: async () => ({ Networks: [], Containers: [] }),
    diagnose: async ({ Container, Target }) => ({ Container, Target, Hops: [], Ok: false }),
  };
  readonly volumes: Backend["volumes"] = {
    list: async () => ({ Volumes: [], Warnings: null }),
    inspect: async (name) => volume(name),
    create: async ({ Name }) => volume(Name || "anonymous"),
    remove: async () => {},
    prune: async (filters) => ({ VolumesDeleted: filters.all ?? null, SpaceReclaimed: 0 }),
  };

  readonly volumeCopies: Backend["volumeCopies"] = {
    rename: async () => {},
    clone: async (_name, to) => to,
    snapshot: async (Volume, Name = "first") => ({ Volume, Name, CreatedAt: "2026-01-01T00:00:00Z" }),
    snapshots: async () => [],
    removeSnapshot: async () => {},
    restore: async () => {},
    export: async () => new Blob().stream() as unknown as AsyncIterable<Uint8Array>,
    import: async () => {},
  };
}

const bridge = {
  Name: "bridge",
  Id: "b".repeat(64),
  Created: "2026-01-01T00:00:00Z",
  Scope: "local",
  Driver: "bridge",
  EnableIPv4: true,
  EnableIPv6: false,
  IPAM: { Driver: "default", Options: null, Config: [] },
  Internal: false,
  Attachable: false,
  Ingress: false,
  ConfigFrom: { Network: "" },
  ConfigOnly: false,
  Containers: {},
  Options: {},
  Labels: {},
};

const volume = (Name: string) => ({
  Name,
  Driver: "local",
  Mountpoint: `/volumes/${Name}/_data`,
  CreatedAt: "2026-01-01T00:00:00Z",
  Labels: null,
  Scope: "local" as const,
  Options: null,
});
