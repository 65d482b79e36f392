import type { Commands } from "../command.ts";

export interface WordFlag {
  name: string;
  short: string | undefined;
  description: string;
  takesValue: boolean;
}

/** A command as completion needs it. `objects` says what its arguments name. */
export interface Word {
  name: string;
  summary: string;
  flags: WordFlag[];
  objects: "containers" | "images" | "networks" | "volumes" | undefined;
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
      return entry.names.map((name): Word => ({ name, summary: entry.summary, flags, objects }));
    }),
  );
  const nouns = Object.entries(groups).map(
    ([name, summary]): Word => ({ name, summary, flags: [], objects: undefined }),
  );
  return [
    ...words.flat(),
    ...nouns,
    { name: "daemon", summary: "Run the engine in the foreground", flags: [], objects: undefined },
  ];
}

function objectsOf(usage: string): Word["objects"] {
  if (usage.includes("CONTAINER")) return "containers";
  if (usage.includes("IMAGE") || usage.includes("REPOSITORY") || usage.includes("NAME[:TAG")) return "images";
  if (usage.includes("NETWORK")) return "networks";
  return usage.includes("VOLUME") ? "volumes" : undefined;
}

/** How a shell asks for the names of a kind of object. */
export function namesCommand(program: string, objects: NonNullable<Word["objects"]>): string {
  const commands = {
    containers: `${program} ps -a --format '{{.Names}}'`,
    images: `${program} images --format '{{.Repository}}:{{.Tag}}'`,
    networks: `${program} network ls --format '{{.Name}}'`,
    volumes: `${program} volume ls -q`,
  };
  return `${commands[objects]} 2>/dev/null`;
}
