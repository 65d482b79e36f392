const line = /^\{"msg":"exec container process (?:\(missing dynamic library\?\) )?`.*\}\n$/;

/**
 * The runtime writes a line of its log where the process would write, when the kernel does not execute the program: after the sandbox
 * was made, before there is anything else. It is told as other runtimes do: `exec /run.sh: no such file or directory`.
 */
export function inOtherWords(data: Uint8Array): Uint8Array {
  const text = data[0] === 0x7b && data.length < 1 << 16 ? Buffer.from(data).toString() : "";
  if (!line.test(text)) return data;
  const { msg } = JSON.parse(text) as { msg: string };
  const [, program, reason = ""] = /`(.*)`: (.*)$/s.exec(msg) ?? [];
  return program === undefined ? data : Buffer.from(`exec ${program}: ${reason.toLowerCase()}\n`);
}
