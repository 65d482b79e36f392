import { wrong } from "../local-error.ts";

/** Tells for a member of a container's archive where it goes, as path components; throws for one that leads outside. */
export type MemberPlace = (name: string) => string[];

const partsOf = (name: string): string[] => {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw wrong(`the container's archive has a member outside: "${name}"`);
  return parts;
};

/** The archive's root, the first part of its first member's name, takes the plan's name; `.` leaves it out. */
export function renamedRoot(name: string): MemberPlace {
  const top = name === "." ? [] : [name];
  let root: string | undefined;
  return (member) => {
    const parts = partsOf(member);
    root ??= isNameless(member) ? "" : (parts[0] ?? "");
    return [...top, ...(root !== "" && parts[0] === root ? parts.slice(1) : parts)];
  };
}

/** Members keep their names: those of an archive of several files, which a pattern chose. */
export const sameNames: MemberPlace = partsOf;

/** `./` and `/` have a root without a name. */
const isNameless = (member: string): boolean => /^\.?\//.test(member) || member === ".";
