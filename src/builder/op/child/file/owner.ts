import { resolveUser } from "../../../../engine/container/spec/user.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * `USER[:GROUP]`. As in BuildKit, a user by number without a group is in the group of that number, and one by name in the
 * one that the root's passwd(5) says.
 */
export function parseOwner(root: string, text: string): Owner {
  const [user = "", group] = text.split(":");
  if (/^\d+$/.test(user) && (group === undefined || /^\d+$/.test(group))) {
    const uid = Number(user);
    return { uid, gid: group === undefined ? uid : Number(group) };
  }
  const { uid, gid } = resolveUser(root, text, []);
  return { uid, gid: group === undefined && /^\d+$/.test(user) ? uid : gid };
}
