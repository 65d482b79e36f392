import { expect, setDefaultTimeout, test } from "bun:test";
import { tarHeader, writeTar } from "../../archive/index.ts";
import { imageVerbs } from "./index.ts";
import { collectMessages, idle, stored, type TestRooms, testRooms } from "./testing.ts";

// Each layer is unpacked in a process of its own, which a busy machine is slow to start.
setDefaultTimeout(60_000);

async function importOne(rooms: TestRooms, repo?: string, content = "x"): Promise<string> {
  const body = Buffer.from(content);
  const archive = writeTar([{ header: tarHeader({ name: "f", size: body.length }), body }]);
  const options = { changes: [], ...(repo === undefined ? {} : { repo }) };
  const messages = await collectMessages(imageVerbs(rooms).import(archive, options, idle));
  return messages.at(-1)?.status as string;
}

test("a name goes, and the image with its last one", async () => {
  await using rooms = await testRooms();
  const verbs = imageVerbs(rooms);
  const id = await importOne(rooms, "a");
  await verbs.tag("a", "b", "2");
  expect(await verbs.remove("a", {})).toEqual([{ Untagged: "a:latest" }]);
  expect(await verbs.remove("b:2", {})).toEqual([
    { Untagged: "b:2" },
    { Deleted: id },
    { Deleted: expect.stringContaining("sha256:") },
  ]);
  await expect(verbs.remove("b:2", {})).rejects.toThrow("No such image: b:2");
  expect(await stored(rooms)).toEqual({ blobs: 0, snapshots: 0, images: 0 });
});

test("by id, names in several repositories need force", async () => {
  await using rooms = await testRooms();
  const verbs = imageVerbs(rooms);
  const id = await importOne(rooms, "a");
  await verbs.tag("a", "b");
  const short = id.slice(7, 19);
  await expect(verbs.remove(short, {})).rejects.toThrow(
    `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
  );
  const removed = await verbs.remove(short, { force: true });
  expect(removed.slice(0, 3)).toEqual([{ Untagged: "a:latest" }, { Untagged: "b:latest" }, { Deleted: id }]);
});

test.each([
  [true, "id", false, "(cannot be forced) - image is being used by running container 0123456789ab"],
  [true, "id", true, "(cannot be forced) - image is being used by running container 0123456789ab"],
  [false, "id", false, "(must be forced) - image is being used by stopped container 0123456789ab"],
  [false, "name", false, "(must force) - container 0123456789ab is using its referenced image"],
])(
  "a container (running: %p) keeps an image from going by %s, force: %p",
  async (running, by, force, message) => {
    await using rooms = await testRooms();
    const id = await importOne(rooms, "a");
    rooms.containers.push({ id: "0123456789abcdef", imageId: id, running });
    const verbs = imageVerbs(rooms);
    await expect(verbs.remove(by === "id" ? id : "a", { force })).rejects.toThrow(message);
    expect((await verbs.list({})).map(({ RepoTags, Containers }) => [RepoTags, Containers])).toEqual([
      [["a:latest"], 1],
    ]);
  },
);

test("an image that lost its name is dangling, is listed as such and pruned", async () => {
  await using rooms = await testRooms();
  const verbs = imageVerbs(rooms);
  const old = await importOne(rooms, "a", "old");
  const young = await importOne(rooms, "a", "new");
  const list = async (filters: Record<string, string[]>) =>
    (await verbs.list({ filters })).map(({ Id }) => Id);
  expect(await list({ dangling: ["true"] })).toEqual([old]);
  expect(await list({ dangling: ["false"] })).toEqual([young]);
  expect(await list({ reference: ["a*"] })).toEqual([young]);
  expect(await list({ since: [old] })).toEqual([young]);
  expect(await list({ before: ["a"] })).toEqual([old]);
  const { ImagesDeleted, SpaceReclaimed } = await verbs.prune({});
  expect(ImagesDeleted?.[0]).toEqual({ Deleted: old });
  expect(SpaceReclaimed).toBe(3);
  expect(await list({})).toEqual([young]);
});
