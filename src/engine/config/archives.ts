import { invalid } from "../../errors/index.ts";
import type { RawOptions } from "./flags.ts";

/** Where a distribution's packages come from and whose signatures count; absent: as usual on this host. */
export interface ArchiveSettings {
  /** Ends in a slash. */
  readonly mirror?: string;
  /** Path of a file with OpenPGP keys, for a mirror that signs by itself or a host without the usual keys. */
  readonly keyring?: string;
}

export type Archives = Readonly<Record<"debian" | "ubuntu", ArchiveSettings>>;

export function archiveSettings(raw: RawOptions): Archives {
  return {
    debian: settings(raw["debian-mirror"], raw["debian-keyring"]),
    ubuntu: settings(raw["ubuntu-mirror"], raw["ubuntu-keyring"]),
  };
}

function settings(mirror: string | undefined, keyring: string | undefined): ArchiveSettings {
  if (keyring !== undefined && !keyring.startsWith("/"))
    throw invalid(`invalid keyring ${JSON.stringify(keyring)}: an absolute path is expected`);
  return {
    ...(mirror === undefined ? {} : { mirror: checkedMirror(mirror) }),
    ...(keyring === undefined ? {} : { keyring }),
  };
}

/** The mirror with a trailing slash; it will stand in images, so that it must hold no password. */
export function checkedMirror(text: string): string {
  const wrong = (why: string) => invalid(`invalid mirror: ${why} in ${JSON.stringify(text)}`);
  if (!/^https?:\/\/[^/]/.test(text)) throw wrong("http://HOST/PATH or https://HOST/PATH is expected");
  if (/^https?:\/\/[^/]*@/.test(text))
    throw invalid("invalid mirror: a user or password would be readable in each image");
  if (/[?#\s]/.test(text)) throw wrong("no query, fragment or space is allowed");
  if (!URL.canParse(text)) throw wrong("there is no host");
  return text.replace(/\/*$/, "/");
}
