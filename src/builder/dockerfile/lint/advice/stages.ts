import type { Dockerfile, Stage } from "../../instructions/index.ts";
import type { Linter } from "../linter.ts";
import type { Rule } from "../rule.ts";
import { lineage } from "./kept.ts";

const latestTag: Rule = { name: "LatestTag", description: "A base image's version should be fixed" };
const rootUser: Rule = { name: "RootUser", description: "Containers should not run as root" };

/** Advice on FROM, and on who runs what comes out. */
export function adviseStages(linter: Linter, { stages }: Dockerfile): void {
  const names = new Set<string>();
  for (const { from } of stages) {
    if (!names.has(from.base.toLowerCase()) && isLatest(from.base)) {
      const message = `${from.base} means another image every time it is published: give it a tag`;
      linter.report(latestTag, from.node, message);
    }
    names.add(from.name);
  }
  const last = stages.at(-1);
  if (last !== undefined) adviseUser(linter, last, stages);
}

function isLatest(base: string): boolean {
  if (base === "scratch" || base.includes("$") || base.includes("@")) return false;
  const name = base.split("/").at(-1) ?? "";
  return !name.includes(":") || name.endsWith(":latest");
}

/** Nothing is said of an image that runs nothing, and of what goes on from an image that may have a USER. */
function adviseUser(linter: Linter, last: Stage, stages: readonly Stage[]): void {
  const all = lineage(last, stages);
  const commands = all.flatMap((stage) => stage.commands);
  if (!commands.some(({ kind }) => kind === "cmd" || kind === "entrypoint")) return;
  const user = commands.findLast(({ kind }) => kind === "user");
  const name = user?.kind === "user" ? user.text : "";
  if (name !== "" && !/^(root|0)(:|$)/.test(name)) return;
  const place = user?.node ?? last.from.node;
  linter.report(rootUser, place, "Containers of this image run as root unless told otherwise: end with USER");
}
