import { type Dockerfile, mountFrom, type Stage } from "../../instructions/index.ts";

/**
 * Stages whose layers are likely to be in an image: the last one, those that no other takes files from, and what these go on
 * from. The others are there for the files that are taken from them.
 */
export function keptStages({ stages }: Dockerfile): Set<Stage> {
  const used = new Set(stages.flatMap((stage) => usedBy(stage)).map((name) => name.toLowerCase()));
  const isUsed = ({ from, index }: Stage): boolean =>
    used.has(String(index)) || (from.name !== "" && used.has(from.name));
  const last = stages.at(-1);
  const ends = stages.filter((stage) => stage === last || !isUsed(stage));
  return new Set(ends.flatMap((stage) => lineage(stage, stages)));
}

/** Names and numbers of stages that a stage takes files from, or goes on from. */
function usedBy({ from, commands }: Stage): string[] {
  const names = commands.flatMap((command) => {
    if (command.kind === "copy") return [command.from];
    return command.kind === "run" ? command.mounts.map(mountFrom) : [];
  });
  return [from.base, ...names];
}

/** A stage after those that it goes on from. */
export function lineage(stage: Stage, stages: readonly Stage[]): Stage[] {
  const base = stage.from.base.toLowerCase();
  const below = stages.slice(0, stage.index).findLast(({ from }) => from.name !== "" && from.name === base);
  return below === undefined ? [stage] : [...lineage(below, stages), stage];
}
