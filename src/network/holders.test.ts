import { expect, test } from "bun:test";
import { LastHolders } from "./holders.ts";

test("an address that moved to other hardware is news, one that is new or came back is not", () => {
  const holders = new LastHolders();
  expect(holders.note("10.0.0.2", "02:42:0a:00:00:02")).toBe(false);
  expect(holders.note("10.0.0.2", "02:42:0a:00:00:02")).toBe(false);
  expect(holders.note("10.0.0.2", "02:00:00:00:00:01")).toBe(true);
});

test("only so many are remembered, the last ones", () => {
  const holders = new LastHolders();
  for (let n = 0; n <= 4096; n++) holders.note(`fd00::${n}`, "one");
  expect(holders.note("fd00::4096", "another")).toBe(true);
  expect(holders.note("fd00::0", "another")).toBe(false);
});
