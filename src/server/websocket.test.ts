import { describe, expect, test } from "bun:test";
import { decodeFrames, encodeFrame, Opcode } from "./http/websocket-frames.ts";
import { startTestServer } from "./testing/server.ts";

/** Bun's own WebSocket client over a socket file. */
function open(path: string, url: string): WebSocket {
  return new WebSocket(`ws+unix://${path}:${url}`);
}

describe("attach/ws", () => {
  test("carries bare bytes both ways in binary frames and closes normally", async () => {
    await using server = await startTestServer();
    await server.backend.containers.create({ Image: "app" }, { name: "c" });
    const socket = open(server.path, "/v1.51/containers/c/attach/ws?stdin=1&stdout=1&stream=1");
    socket.binaryType = "arraybuffer";
    let received = "";
    const echoed = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<number>();
    socket.onopen = () => socket.send("typed");
    socket.onmessage = ({ data }) => {
      received += Buffer.from(data as ArrayBuffer).toString();
      if (received.endsWith("typed")) echoed.resolve();
    };
    socket.onclose = ({ code }) => closed.resolve(code);
    await echoed.promise;
    expect(received).toBe("hello\ntyped");
    expect(server.backend.containers.last).toMatchObject({ framing: "raw", stdin: true, stderr: false });
    socket.close(1000);
    expect(await closed.promise).toBe(1000);
  });

  test("a request without a handshake is refused", async () => {
    await using server = await startTestServer();
    await server.backend.containers.create({ Image: "app" }, { name: "c" });
    expect((await server.fetch("/containers/c/attach/ws?stream=1")).status).toBe(400);
  });
});

describe("frames", () => {
  const masked = (opcode: number, text: string) => {
    const frame = encodeFrame(opcode, Buffer.from(text));
    const headLength = frame.length - text.length;
    frame[1]! |= 0x80;
    const mask = Buffer.from([1, 2, 3, 4]);
    const payload = Buffer.from(text).map((byte, at) => byte ^ mask[at % 4]!);
    return Buffer.concat([frame.subarray(0, headLength), mask, payload]);
  };

  test.each([5, 126, 70_000])("a payload of %d bytes is decoded however it is cut", async (size) => {
    const text = "x".repeat(size);
    const wire = masked(Opcode.binary, text);
    async function* cut() {
      for (let at = 0; at < wire.length; at += 1000) yield wire.subarray(at, at + 1000);
    }
    const frames = await Array.fromAsync(decodeFrames(cut()));
    expect(frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
      [Opcode.binary, text],
    ]);
  });

  test("unmasked frames are refused", async () => {
    async function* wire() {
      yield encodeFrame(Opcode.text, Buffer.from("x"));
    }
    expect(Array.fromAsync(decodeFrames(wire()))).rejects.toThrow("must mask");
  });
});
