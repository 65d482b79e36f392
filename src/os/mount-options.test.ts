import { expect, test } from "bun:test";
import { parseMountOptions } from "./mount-options.ts";
import { parseMountInfo } from "./mountinfo.ts";

test("words become flags, later ones win, the rest is the file system's", () => {
  const options = ["ro", "nosuid", "rw", "rbind", "rslave", "size=1m", "volatile"];
  expect(parseMountOptions(options)).toEqual({
    flags: 2 | 4096 | 16384,
    propagation: [(1 << 19) | 16384],
    data: ["size=1m", "volatile"],
  });
});

test("a line of mountinfo is taken apart", () => {
  const line =
    "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime shared:2 master:1 - ext3 /dev/root rw,errors=continue\n";
  expect(parseMountInfo(line)).toEqual([
    {
      id: 36,
      parent: 35,
      device: "98:0",
      root: "/mnt1",
      target: "/mnt 2",
      options: ["rw", "noatime"],
      propagation: ["shared:2", "master:1"],
      type: "ext3",
      source: "/dev/root",
      superOptions: ["rw", "errors=continue"],
    },
  ]);
});
