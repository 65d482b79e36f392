import { expect, test } from "bun:test";
import { bytesOf, collectionSettings, parseFreeSpace } from "./collection.ts";

const disk = 1000 * 2 ** 20;

test("a share is of the file system, a size is a size", () => {
  expect(bytesOf(parseFreeSpace("10%"), disk)).toBe(disk / 10);
  expect(bytesOf(parseFreeSpace("2.5%"), disk)).toBe(disk / 40);
  expect(bytesOf(parseFreeSpace("20MB"), disk)).toBe(20 * 2 ** 20);
  expect(bytesOf(parseFreeSpace("0"), disk)).toBe(0);
  for (const text of ["101%", "-1%", "much", "", "10 %"])
    expect(() => parseFreeSpace(text)).toThrow("invalid");
});

test("by default little is done, and it ends above where it begins", () => {
  const { minimum, target, images, keep } = collectionSettings({});
  expect({ images, keep }).toEqual({ images: "dangling", keep: [] });
  expect(bytesOf(minimum, disk)).toBe(disk / 20);
  expect(bytesOf(target, disk)).toBe((disk / 20) * 1.5);
});

test("a target is as asked for, and must not lie below the watermark", () => {
  const raw = { "gc-min-free-space": "1GB", "gc-target-free-space": "2GB", "gc-images": "unused" };
  expect(collectionSettings(raw)).toMatchObject({ target: { bytes: 2 ** 31 }, images: "unused" });
  expect(() => collectionSettings({ ...raw, "gc-target-free-space": "1MB" })).toThrow("less than");
  expect(() => collectionSettings({ "gc-images": "all" })).toThrow("none, dangling, unused");
});
