import type { Commands } from "../command.ts";

export interface WordFlag {
  name: string;
  short: string | undefined;
  description: string;
  takesValue: boolean;
}

type Objects = "containers" | "images" | "networks" | "volumes";

/** A command as completion needs it. `objects` says what its arguments name, in their order. */
export interface Word {
  name: string;
  summary: string;
  flags: WordFlag[];
  objects: readonly Objects[];
  /** Whether it is a group of commands, and not one itself. */
  isGroup: boolean;
}

/** Every command with its flags, and the groups. */
export async function vocabulary({ entries, groups }: Commands): Promise<Word[]> {
  const words = await Promise.all(
    entries.map(async (entry) => {
      const { default: command } = await entry.load();
      const flags = Object.entries(command.flags)
        .filter(([, flag]) => !flag.hidden)
        .map(([name, flag]) => ({
          name,
          short: flag.short,
          description: flag.description.split("\n", 1)[0]!,
          takesValue: flag.bare === undefined,
        }));
      const objects = objectsOf([command.usage].flat().join(" "));
      return entry.names.map(
        (name): Word => ({ name, summary: entry.summary, flags, objects, isGroup: false }),
      );
    }),
  );
  const nounWords = Object.entries(groups).map(
    ([name, summary]): Word => ({ name, summary, flags: [], objects: [], isGroup: true }),
  );
  return [
    ...words.flat(),
    ...nounWords,
    {
      name: "daemon",
      summary: "Run the engine in the foreground",
      flags: [],
      objects: [],
      isGroup: false,
    },
  ];
}

/** What stands below groups, or below commands such as `port`: the words with that beginning, without it. */
export function wordsBelow(words: readonly Word[], kind: "groups" | "commands"): Map<string, Word[]> {
  const parents = words.filter(({ isGroup }) => isGroup === (kind === "groups")).map(({ name }) => name);
  const found = parents.map((parent): [string, Word[]] => [
    parent,
    words.flatMap((word) => {
      const rest = word.name.startsWith(`${parent} `) ? word.name.slice(parent.length + 1) : "";
      return rest === "" || rest.includes(" ") ? [] : [{ ...word, name: rest }];
    }),
  ]);
  return new Map(found.filter(([, below]) => below.length > 0));
}

/** Flags whose values name objects, whatever command has them. */
export const flagObjects: Readonly<Record<string, Objects>> = {
  "config-from": "networks",
  link: "containers",
  net: "networks",
  network: "networks",
  "volumes-from": "containers",
};

const nouns: Record<string, Objects> = {
  CONTAINER: "containers",
  IMAGE: "images",
  REPOSITORY: "images",
  "NAME[:TAG": "images",
  NETWORK: "networks",
  VOLUME: "volumes",
};

function objectsOf(usage: string): Objects[] {
  const found = usage.matchAll(/CONTAINER|IMAGE|REPOSITORY|NAME\[:TAG|NETWORK|VOLUME/g);
  return [...new Set(Array.from(found, ([noun]) => nouns[noun]!))];
}

/** How a shell asks for the names of a kind of object. */
export function namesCommand(program: string, objects: Objects): string {
  const commands = {
    containers: `${program} ps -a --format '{{.Names}}'`,
    images: `${program} images --format '{{.Repository}}:{{.Tag}}'`,
    networks: `${program} network ls --format '{{.Name}}'`,
    volumes: `${program} volume ls -q`,
  };
  return `${commands[objects]} 2>/dev/null`;
}
