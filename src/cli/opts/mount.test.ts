import { expect, test } from "bun:test";
import { parseMount } from "./mount.ts";

test("docker's words and ours", () => {
  expect(parseMount("type=bind,src=/a,dst=/b,ro,uid=1000,gid=0,chown,overlay=true")).toEqual({
    Type: "bind",
    Source: "/a",
    Target: "/b",
    ReadOnly: true,
    UID: 1000,
    GID: 0,
    Chown: true,
    Overlay: true,
  });
  expect(parseMount("type=image,src=tools,dst=/b,image-subpath=bin")).toEqual({
    Type: "image",
    Source: "tools",
    Target: "/b",
    ImageOptions: { Subpath: "bin" },
  });
});

test.each([
  ["type=bind,src=/a,dst=/b,uid", "must be a key=value pair"],
  ["type=bind,src=/a,dst=/b,uid=me", "invalid value for uid: me"],
  ["type=bind,src=/a,dst=/b,gid=-1", "invalid value for gid: -1"],
  ["type=bind,src=/a,dst=/b,chown=perhaps", "invalid value for chown: perhaps"],
  ["type=volume,src=a,dst=/b,image-subpath=x", "cannot mix 'image-*' options"],
  ["type=bind,src=/a,dst=/b,bind-recursive=readonly", "requires 'readonly'"],
])("%s is refused", (text, message) => {
  expect(() => parseMount(text)).toThrow(message);
});
