import { invalid } from "../../../errors/index.ts";
import { readInRoot } from "../../../os/inroot.ts";

export interface ProcessUser {
  uid: number;
  gid: number;
  additionalGids: number[];
  home: string;
}

interface Account {
  name: string;
  id: number;
  gid: number;
  home: string;
}

interface Group {
  name: string;
  id: number;
  members: string[];
}

const maximumId = 2 ** 31 - 1;

/**
 * Who a process runs as: `user[:group]` by name or number, looked up in the root filesystem's own passwd(5)
 * and group(5), with the groups that name the user and those asked for by `--group-add`.
 */
export function resolveUser(rootfs: string, spec: string, groupAdd: readonly string[]): ProcessUser {
  const files = { passwd: readInRoot(rootfs, "/etc/passwd"), group: readInRoot(rootfs, "/etc/group") };
  return userFrom(files, spec, groupAdd);
}

/** The same by the texts of the two files; undefined for one that is not there. */
export function userFrom(
  files: { passwd: string | undefined; group: string | undefined },
  spec: string,
  groupAdd: readonly string[],
): ProcessUser {
  const [userPart = "", groupPart] = spec.split(":");
  const accounts = rows(files.passwd, account);
  const groups = rows(files.group, group);
  const user = findUser(userPart, accounts);
  const gid = groupPart === undefined || groupPart === "" ? user.gid : findGroup(groupPart, groups);
  const named =
    groupPart === undefined || groupPart === ""
      ? groups.filter((entry) => entry.members.includes(user.name))
      : [];
  const additionalGids = [
    ...named.map((entry) => entry.id),
    ...groupAdd.map((name) => findGroup(name, groups)),
  ];
  return { uid: user.id, gid, additionalGids: [...new Set(additionalGids)], home: user.home };
}

function findUser(text: string, accounts: Account[]): Account {
  if (text === "")
    return accounts.find((entry) => entry.id === 0) ?? { name: "root", id: 0, gid: 0, home: "/" };
  const byName = accounts.find((entry) => entry.name === text);
  if (byName !== undefined) return byName;
  if (!/^\d+$/.test(text)) throw invalid(`unable to find user ${text}: no matching entries in passwd file`);
  const id = numeric(text);
  return accounts.find((entry) => entry.id === id) ?? { name: "", id, gid: 0, home: "/" };
}

function findGroup(text: string, groups: Group[]): number {
  const byName = groups.find((entry) => entry.name === text);
  if (byName !== undefined) return byName.id;
  if (!/^\d+$/.test(text)) throw invalid(`unable to find group ${text}: no matching entries in group file`);
  return numeric(text);
}

function numeric(text: string): number {
  const id = Number(text);
  if (id > maximumId) throw invalid(`uids and gids must be in range 0-${maximumId}, not ${text}`);
  return id;
}

function rows<T>(text: string | undefined, parse: (fields: string[]) => T | undefined): T[] {
  const result: T[] = [];
  for (const line of (text ?? "").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const row = parse(line.split(":"));
    if (row !== undefined) result.push(row);
  }
  return result;
}

function account([name, , uid, gid, , home]: string[]): Account | undefined {
  if (name === undefined || uid === undefined) return undefined;
  return { name, id: Number(uid), gid: Number(gid ?? 0), home: home || "/" };
}

function group([name, , gid, members]: string[]): Group | undefined {
  if (name === undefined || gid === undefined) return undefined;
  return { name, id: Number(gid), members: (members ?? "").split(",").filter((member) => member !== "") };
}
