import { invalid } from "../errors/index.ts";

/** What an image runs on (image-spec, image-index.md), in Go's words for systems and architectures. */
export interface Platform {
  os: string;
  architecture: string;
  /** Of the CPU, such as `v7` for arm. */
  variant?: string;
  "os.version"?: string;
  "os.features"?: string[];
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64", ia32: "386" };
const aliases: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  "x86-64": "amd64",
  aarch64: "arm64",
  i386: "386",
  armhf: "arm",
};

/** The platform of this host. */
export function hostPlatform(): Platform {
  return { os: "linux", architecture: architectures[process.arch] ?? process.arch };
}

/** `os/architecture[/variant]`, or one of the first two, completed from the host's. */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split("/");
  const malformed = parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part));
  if (malformed) {
    throw invalid(`"${text}" is an invalid platform: os/architecture is expected, such as linux/amd64`);
  }
  const [first = "", second, variant] = parts;
  const host = hostPlatform();
  if (second === undefined) {
    return first === "linux" || first === "windows"
      ? { os: first, architecture: host.architecture }
      : { os: host.os, architecture: aliases[first] ?? first };
  }
  return {
    os: first,
    architecture: aliases[second] ?? second,
    ...(variant === undefined ? {} : { variant }),
  };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join("/");
}

/** True when what is made for `offered` runs where `wanted` is asked for. */
export function platformMatches(offered: Platform, wanted: Platform): boolean {
  if (offered.os !== wanted.os || offered.architecture !== wanted.architecture) return false;
  if (!wanted.variant || !offered.variant) return true;
  return offered.variant === wanted.variant;
}
