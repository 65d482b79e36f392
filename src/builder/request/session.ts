import type { BuildRequest } from "../../api/build.ts";
import { credentialsOf } from "../../engine/registry/credentials.ts";
import type { Session } from "../solver/index.ts";

/** What a request lends to its build. */
export function sessionOf(
  { Secrets = [], SSH = [], Auths = {}, KeepFailed = false }: BuildRequest,
  directories: ReadonlyMap<string, string>,
): Session {
  const secrets = new Map(Secrets.map(({ ID, Data }) => [ID, Buffer.from(Data, "base64")]));
  const agents = new Map(SSH.map(({ ID, Path }) => [ID, Path]));
  return {
    directories,
    keepFailed: KeepFailed,
    secret: async (id) => secrets.get(id),
    sshAgent: async (id) => agents.get(id),
    async auth(host) {
      const { username, password } = credentialsOf(Object.hasOwn(Auths, host) ? Auths[host] : undefined);
      return username === undefined ? undefined : { username, password: password ?? "" };
    },
  };
}
