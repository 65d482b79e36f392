import { posix } from "node:path";
import { invalid } from "../../../errors/index.ts";

/** What a file without any name is called. */
const nameless = "download";

/** What a file is called: as it was asked for, as the server says, or as the path's end. */
export function nameOf(address: string, asked: string | undefined, disposition: string | null): string {
  if (asked !== undefined && asked !== "") {
    if (asked.includes("/") || asked === "." || asked === "..")
      throw invalid(`invalid file name ${JSON.stringify(asked)}`);
    return asked;
  }
  return usable(saidBy(disposition)) ?? usable(lastPart(address)) ?? nameless;
}

/** `filename*=UTF-8''…` wins over `filename=…` (RFC 6266). */
function saidBy(disposition: string | null): string | undefined {
  if (disposition === null) return undefined;
  const extended = /filename\*\s*=\s*utf-8''([^;\s]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) return decoded(extended);
  const [, quoted, plain] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition) ?? [];
  return quoted?.replace(/\\(.)/g, "$1") ?? plain;
}

function lastPart(address: string): string | undefined {
  const { pathname } = new URL(address);
  return pathname.endsWith("/") ? undefined : decoded(posix.basename(pathname));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whatever a server says, it is a name in one directory. */
function usable(name: string | undefined): string | undefined {
  const base = name === undefined ? "" : posix.basename(name.replace(/[\0\\]/g, "/"));
  return base === "" || base === "." || base === ".." ? undefined : base;
}
