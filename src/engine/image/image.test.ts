import { expect, test } from "bun:test";
import { imageVerbs } from "./index.ts";
import { collectMessages, idle, stored, testRooms } from "./testing.ts";

test("busybox is made, saved, removed and loaded again as the same image", async () => {
  await using rooms = await testRooms();
  const verbs = imageVerbs(rooms);
  const made = await collectMessages(verbs.bootstrap("busybox", idle));
  const id = made.at(-1)?.status as string;
  expect((await verbs.list({})).map(({ Id, RepoTags }) => [Id, RepoTags])).toEqual([
    [id, ["busybox:latest"]],
  ]);
  const inspected = await verbs.inspect("busybox");
  expect(inspected.Id).toBe(id);
  expect(inspected.Config.Cmd).toEqual(["sh"]);
  const archive = Buffer.concat(await Array.fromAsync(await verbs.save(["busybox"], idle)));
  const again = Buffer.concat(await Array.fromAsync(await verbs.save(["busybox"], idle)));
  expect(again.equals(archive)).toBe(true);
  const removed = await verbs.remove("busybox", {});
  expect(removed.slice(0, 2)).toEqual([{ Untagged: "busybox:latest" }, { Deleted: id }]);
  expect(await stored(rooms)).toEqual({ blobs: 0, snapshots: 0, images: 0 });
  const loaded = await collectMessages(verbs.load(chunks(archive), idle));
  expect(loaded.at(-1)).toEqual({ stream: "Loaded image: busybox:latest\n" });
  expect((await verbs.inspect(id.slice(7, 19))).Id).toBe(id);
});

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
