/** A tar entry as the test wants it, honest or not. */
export interface TarEntry {
  name: string;
  /** `0` file, `1` hard link, `2` symbolic link, `3` character device, `5` folder. */
  type?: "0" | "1" | "2" | "3" | "5";
  mode?: number;
  link?: string;
  data?: string | Uint8Array;
  device?: [number, number];
}

const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, "0")}\0`;

/** A ustar archive with exactly these entries, names unchecked: real tar programs refuse to write some of them. */
export function tar(entries: TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const data = Buffer.from(entry.data ?? "");
    const header = Buffer.alloc(512);
    const put = (at: number, text: string) => header.write(text, at, "latin1");
    put(0, entry.name);
    put(100, octal(entry.mode ?? (entry.type === "5" ? 0o755 : 0o644), 8));
    put(108, octal(0, 8));
    put(116, octal(0, 8));
    put(124, octal(data.length, 12));
    put(136, octal(1_700_000_000, 12));
    put(148, "        ");
    put(156, entry.type ?? "0");
    put(157, entry.link ?? "");
    put(257, "ustar\x0000");
    if (entry.device !== undefined) {
      put(329, octal(entry.device[0], 8));
      put(337, octal(entry.device[1], 8));
    }
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
