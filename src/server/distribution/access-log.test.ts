import { expect, test } from "bun:test";
import type { RegistryAccess } from "../../api/index.ts";
import { AccessLog } from "./access-log.ts";

const access = (Path: string): RegistryAccess => ({ Time: "", Client: "", Method: "GET", Path, Status: 200 });

test("lines come in order until the reader leaves", async () => {
  const [log, abort] = [new AccessLog(), new AbortController()];
  log.add(access("/1"));
  const lines = log.read(abort.signal);
  expect((await lines.next()).value).toEqual({ Access: access("/1") });
  const next = lines.next();
  log.add(access("/2"));
  expect((await next).value).toEqual({ Access: access("/2") });
  const last = lines.next();
  abort.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

test("a slow reader is told how many lines it missed", async () => {
  const [log, abort] = [new AccessLog(), new AbortController()];
  for (let at = 0; at < 1005; at++) log.add(access(`/${at}`));
  const lines = log.read(abort.signal);
  for (let at = 0; at < 1000; at++) expect((await lines.next()).value).toEqual({ Access: access(`/${at}`) });
  expect((await lines.next()).value).toEqual({ Missed: 5 });
  abort.abort();
});
