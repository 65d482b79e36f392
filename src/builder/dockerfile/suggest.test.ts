import { expect, test } from "bun:test";
import { quote, quoteList } from "./quote.ts";
import { closest, didYouMean } from "./suggest.ts";

test("the closest option is at most two changes away", () => {
  expect(closest("biuld", ["base", "build", "builder"])).toBe("build");
  expect(closest("zzz", ["base"])).toBeUndefined();
  expect(closest("base", ["base", "bases"])).toBeUndefined();
  expect(closest("BASES", ["base"])).toBeUndefined();
  expect(didYouMean("Rum", ["RUN"], false)).toBe(" (did you mean RUN?)");
});

test("texts are quoted as Go does", () => {
  expect(quote('a"b\\\n\t\u0001é\u200b')).toBe('"a\\"b\\\\\\n\\t\\x01é\\u200b"');
  expect(quoteList(["sh", "-c", "a b"])).toBe('["sh" "-c" "a b"]');
});
