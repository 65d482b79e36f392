import { join } from "node:path";

/** The directory of the client's configuration, which is docker's; `named` is what --config says. */
export function configDirectory(named = ""): string {
  if (named !== "") return named;
  if (process.env.DOCKER_CONFIG) return process.env.DOCKER_CONFIG;
  return join(process.env.HOME || homeOfUser(), ".docker");
}

/** node:os takes longer to load than the file takes to read, and is hardly ever needed. */
function homeOfUser(): string {
  const { userInfo } = require("node:os") as typeof import("node:os");
  return userInfo().homedir;
}
