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
/** Other names of architectures, some of which imply a variant. */
const aliases: Readonly<Record<string, { architecture: string; variant?: string }>> = {
  x86_64: { architecture: "amd64" },
  "x86-64": { architecture: "amd64" },
  aarch64: { architecture: "arm64" },
  i386: { architecture: "386" },
  armhf: { architecture: "arm", variant: "v7" },
  armel: { architecture: "arm", variant: "v6" },
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
      : { os: host.os, ...parseArchitecture(first) };
  }
  return { os: first, ...parseArchitecture(second, variant) };
}

/** The CPU in Go's words, whatever it is called. */
export function parseArchitecture(
  name: string,
  variant?: string,
): { architecture: string; variant?: string } {
  return aliases[name] ?? { architecture: name, ...(variant === undefined ? {} : { variant }) };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join("/");
}
