import { expect, setDefaultTimeout, test } from "bun:test";
import { applyChanges } from "./changes.ts";
import { collectGarbage, imageVerbs } from "./index.ts";
import { Leases } from "./leases.ts";
import { collectMessages, idle, stored, testRooms } from "./testing.ts";

// Each layer is unpacked in a process of its own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

test("busybox is made, saved, removed and loaded again as the same image", async () => {
  await using rooms = await testRooms();
  const verbs = imageVerbs(rooms);
  const made = await collectMessages(verbs.bootstrap({ ref: "busybox" }, idle));
  const id = made.at(-1)?.status as string;
  expect((await verbs.list({})).map(({ Id, RepoTags }) => [Id, RepoTags])).toEqual([
    [id, ["busybox:latest"]],
  ]);
  const inspected = await verbs.inspect("busybox");
  expect(inspected.Id).toBe(id);
  expect(inspected.Config.Cmd).toEqual(["sh"]);
  const saved = async () => {
    const chunks = await verbs.save(["busybox"], {}, idle);
    // Their memory is used again.
    return Buffer.concat(await Array.fromAsync(chunks, (chunk) => Buffer.from(chunk)));
  };
  const [archive, again] = [await saved(), await saved()];
  expect(again.equals(archive)).toBe(true);
  const removed = await verbs.remove("busybox", {});
  expect(removed.slice(0, 2)).toEqual([{ Untagged: "busybox:latest" }, { Deleted: id }]);
  expect(await stored(rooms)).toEqual({ blobs: 0, snapshots: 0, images: 0 });
  const loaded = await collectMessages(verbs.load(chunks(archive), {}, idle));
  expect(loaded.at(-1)).toEqual({ stream: "Loaded image: busybox:latest\n" });
  expect((await verbs.inspect(id.slice(7, 19))).Id).toBe(id);
});

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

test("an engine finds what another left behind, and deletes it", async () => {
  await using rooms = await testRooms();
  await collectMessages(imageVerbs(rooms).bootstrap({ ref: "busybox" }, idle));
  const whole = await stored(rooms);
  await rooms.content.ingest(chunks(Buffer.from("an orphan")));
  await rooms.snapshots.prepare("unpack-interrupted");
  await collectGarbage({ ...rooms, leases: Object.assign(new Leases(), { began: Date.now() + 1 }) });
  expect(await stored(rooms)).toEqual(whole);
});

test("instructions change a config", () => {
  const changes = ['CMD ["a", "b"]', "ENTRYPOINT run it", 'ENV A=1 B="two words"', "ENV C three words"];
  changes.push("EXPOSE 80 53/udp", "LABEL k='v w'", "VOLUME /a /b", "WORKDIR /x", "WORKDIR y", "USER 1:2");
  changes.push("HEALTHCHECK --interval=1m30s --retries=2 CMD true", "ONBUILD RUN x", "STOPSIGNAL SIGINT");
  expect(applyChanges({ Env: ["A=0"] }, changes)).toEqual({
    Cmd: ["a", "b"],
    Entrypoint: ["/bin/sh", "-c", "run it"],
    Env: ["A=1", "B=two words", "C=three words"],
    ExposedPorts: { "80/tcp": {}, "53/udp": {} },
    Labels: { k: "v w" },
    Volumes: { "/a": {}, "/b": {} },
    WorkingDir: "/x/y",
    User: "1:2",
    Healthcheck: { Interval: 90e9, Retries: 2, Test: ["CMD-SHELL", "true"] },
    OnBuild: ["RUN x"],
    StopSignal: "SIGINT",
  });
  expect(() => applyChanges({}, ["RUN x"])).toThrow("RUN is not a valid change command");
  expect(() => applyChanges({}, ["EXPOSE 0"])).toThrow("invalid containerPort: 0");
});
