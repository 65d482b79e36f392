import { invalid } from "../../../errors/index.ts";
import type { SourceChanges } from "../record.ts";

const propagations = new Set(["private", "rprivate", "shared", "rshared", "slave", "rslave"]);
const consistencies = new Set(["consistent", "cached", "delegated", "default"]);

/** What the words behind the second colon of `-v` say. */
export interface Modes extends SourceChanges {
  readOnly: boolean;
  noCopy: boolean;
  propagation?: string;
}

type Setter = (modes: Modes, value: number) => void;

/** Of each kind one word may be said; Docker's, then ours: `U` and `O` are Podman's. */
const kinds: readonly { has: (word: string) => boolean; apply: (modes: Modes, word: string) => void }[] = [
  {
    has: (word) => ["rw", "ro", "readonly"].includes(word),
    apply: (modes, word) => (modes.readOnly = word !== "rw"),
  },
  // Labels of SELinux: accepted, and of no effect where the host has none.
  { has: (word) => word === "z" || word === "Z", apply: () => undefined },
  { has: (word) => propagations.has(word), apply: (modes, word) => (modes.propagation = word) },
  { has: (word) => word === "nocopy" || word === "volume-nocopy", apply: (modes) => (modes.noCopy = true) },
  { has: (word) => consistencies.has(word), apply: () => undefined },
  { has: (word) => word === "U", apply: (modes) => (modes.chown = true) },
  { has: (word) => word === "O", apply: (modes) => (modes.overlay = true) },
  idKind("uid", (modes, uid) => (modes.owner = { ...modes.owner, uid })),
  idKind("gid", (modes, gid) => (modes.owner = { ...modes.owner, gid })),
];

function idKind(name: string, set: Setter): (typeof kinds)[number] {
  const has = (word: string) => word.startsWith(`${name}=`);
  return { has, apply: (modes, word) => set(modes, parseId(word.slice(name.length + 1), word)) };
}

function parseId(digits: string, word: string): number {
  const id = Number(digits);
  if (!/^\d+$/.test(digits) || id > highestId)
    throw invalid(`invalid mode: ${word}: not an id from 0 to ${highestId}`);
  return id;
}

/** 2^32 - 1 stands for no id. */
export const highestId = 2 ** 32 - 2;

/** Reads `ro,z,rslave,…`. */
export function parseModes(text: string): Modes {
  const modes: Modes = { readOnly: false, noCopy: false };
  const seen = new Set<(typeof kinds)[number]>();
  for (const word of text === "" ? [] : text.split(",")) {
    const kind = kinds.find(({ has }) => has(word));
    if (kind === undefined) throw invalid(`invalid mode: ${word}`);
    if (seen.has(kind)) throw invalid(`invalid mode: ${text}: ${word} is the second word of its kind`);
    seen.add(kind);
    kind.apply(modes, word);
  }
  return modes;
}

export const isPropagation = (word: string): boolean => propagations.has(word);

/** Changes that exclude each other, or what else was said of the mount. */
export function checkChanges(
  { owner, chown, overlay }: SourceChanges,
  propagation: string | undefined,
): void {
  if (owner !== undefined && chown)
    throw invalid("uid and gid show another owner, U makes another: choose one");
  const exchanges = propagation !== undefined && !propagation.endsWith("private");
  if (exchanges && (owner !== undefined || overlay)) {
    throw invalid(`the propagation ${propagation} does not go with ${overlay ? "O" : "uid and gid"}`);
  }
}
