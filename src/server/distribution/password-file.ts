import { invalid } from "../../errors/index.ts";

/** Names and bcrypt hashes, as `htpasswd -B` writes them. `invalid` for other hashes, which are too weak to be taken. */
export function parsePasswordFile(text: string): Map<string, string> {
  const users = new Map<string, string>();
  for (const [index, line] of text.split("\n").entries()) {
    const entry = line.trim();
    if (entry === "" || entry.startsWith("#")) continue;
    const colon = entry.indexOf(":");
    const hash = entry.slice(colon + 1);
    if (colon < 1 || !/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) {
      throw invalid(
        `line ${index + 1} of the password file is not "name:bcrypt hash": make it with htpasswd -B`,
      );
    }
    users.set(entry.slice(0, colon), hash);
  }
  if (users.size === 0) throw invalid("the password file names no user: nobody could come in");
  return users;
}
