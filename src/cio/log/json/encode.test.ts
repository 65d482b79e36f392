import { describe, expect, test } from "bun:test";
import { JsonDecoder } from "./decode.ts";
import { JsonEncoder } from "./encode.ts";

const time = { seconds: 1704067200, nanos: 123456789 };
const encoder = new JsonEncoder({});

function encode(source: Uint8Array, using = encoder): string {
  using.begin(1, time);
  const target = new Uint8Array(using.bound(source.length));
  return Buffer.from(target.subarray(0, using.encode(target, 0, source, 0, source.length))).toString();
}

function decode(line: string): { text: string; stream: number; next: number; decoder: JsonDecoder } {
  const block = Buffer.from(line);
  const target = new Uint8Array(block.length);
  const decoder = new JsonDecoder();
  const next = decoder.decode(block, 0, block.length, target, 0);
  return {
    text: Buffer.from(target.subarray(0, decoder.length)).toString(),
    stream: decoder.stream,
    next,
    decoder,
  };
}

describe("json-file lines", () => {
  test("are laid out as Docker's", () => {
    expect(encode(Buffer.from("hello\n"))).toBe(
      '{"log":"hello\\n","stream":"stdout","time":"2024-01-01T00:00:00.123456789Z"}\n',
    );
  });

  test("carry attributes before the time", () => {
    const line = encode(Buffer.from("x"), new JsonEncoder({ tag: "<a>", z: "1" }));
    expect(line).toBe(
      '{"log":"x","stream":"stdout","attrs":{"tag":"\\u003ca\\u003e","z":"1"},"time":"2024-01-01T00:00:00.123456789Z"}\n',
    );
    expect(decode(line).decoder.attributes()).toEqual({ tag: "<a>", z: "1" });
    expect(decode(line).decoder.time()).toEqual(time);
  });

  test.each([
    ["\u0000\u0001\b\t\f\u001f", "\\u0000\\u0001\\u0008\\u0009\\u000c\\u001f"],
    ['"\\/\n\r', '\\"\\\\/\\n\\r'],
    ["<>&", "\\u003c\\u003e\\u0026"],
    ["\u2028\u2029\u2027\u007f", "\\u2028\\u2029\u2027\u007f"],
    ["é€😀", "é€😀"],
  ])("escape %j as Go does", (text, escaped) => {
    expect(encode(Buffer.from(text))).toContain(`{"log":"${escaped}","stream"`);
  });

  test.each([
    ["80", "\\ufffd"],
    ["c328", "\\ufffd("],
    ["e28241", "\\ufffd\\ufffdA"],
    ["eda080", "\\ufffd\\ufffd\\ufffd"],
    ["f4908080", "\\ufffd\\ufffd\\ufffd\\ufffd"],
    ["c080", "\\ufffd\\ufffd"],
    ["e2", "\\ufffd"],
  ])("replace each byte of invalid UTF-8 %s", (hex, escaped) => {
    expect(encode(Buffer.from(hex, "hex"))).toContain(`{"log":"${escaped}","stream"`);
  });

  test("are what JSON.parse understands, for every character of the basic plane", () => {
    for (let from = 0; from < 0x10000; from += 0x400) {
      if (from >= 0xd800 && from < 0xe000) continue;
      const text = String.fromCharCode(...Array.from({ length: 0x400 }, (_, i) => from + i));
      const line = encode(Buffer.from(text));
      expect(JSON.parse(line).log).toBe(text);
      expect(decode(line).text).toBe(text);
    }
  });

  test("written by others are read as JSON", () => {
    const line = '{ "stream":"stderr", "log":"\\ud83d\\ude00\\n", "time":"2024-01-01T00:00:00.5Z" }\n';
    const found = decode(line);
    expect([found.text, found.stream, found.decoder.time()]).toEqual([
      "😀\n",
      2,
      { seconds: 1704067200, nanos: 500_000_000 },
    ]);
  });

  test("that are torn are passed over", () => {
    const found = decode('{"log":"abc{"log":"x"}\n');
    expect([found.stream, found.next]).toEqual([0, 23]);
    expect(decode('{"log":"abc').next).toBe(-1);
    expect(decode("null\n").stream).toBe(0);
  });
});
