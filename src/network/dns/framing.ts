const LENGTH_BYTES = 2;

/** A message as it travels over TCP: its length before it (RFC 1035 section 4.2.2). */
export function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + message.length);
  frame.writeUInt16BE(message.length);
  message.copy(frame, LENGTH_BYTES);
  return frame;
}

/** Cuts a TCP stream into messages. It holds at most one incomplete message: 64 KiB. */
export class Framing {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that a chunk completes. */
  push(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    let at = 0;
    while (at + LENGTH_BYTES <= bytes.length) {
      const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
      if (end > bytes.length) break;
      messages.push(Buffer.from(bytes.subarray(at + LENGTH_BYTES, end)));
      at = end;
    }
    // A copy: the chunk's memory belongs to the socket.
    this.#rest = Buffer.from(bytes.subarray(at));
    return messages;
  }
}
