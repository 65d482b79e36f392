import type { Command, Entry } from "./command.ts";

const entry = (
  names: string,
  summary: string,
  load: () => Promise<{ default: Command }>,
  common = false,
): Entry => ({ names: names.split(","), summary, load, common });

/** Groups of commands and what they are for. */
export const groups: Readonly<Record<string, string>> = {
  builder: "Manage builds",
  container: "Manage containers",
  image: "Manage images",
  manifest: "Manage image manifests and manifest lists",
  network: "Manage networks",
  registry: "Be a registry",
  system: "Manage the engine",
  volume: "Manage volumes",
};

export const entries: readonly Entry[] = [
  entry("builder du", "Show what the build cache takes", () => import("./command/builder/du.ts")),
  entry("builder prune", "Remove build cache", () => import("./command/builder/prune.ts")),
  entry(
    "container attach,attach",
    "Attach local standard input, output, and error streams to a running container",
    () => import("./command/container/attach.ts"),
  ),
  entry(
    "container commit,commit",
    "Create a new image from a container's changes",
    () => import("./command/container/commit.ts"),
  ),
  entry(
    "container cp,cp",
    "Copy files/folders between a container and the local filesystem",
    () => import("./command/container/cp.ts"),
  ),
  entry("container create,create", "Create a new container", () => import("./command/container/create.ts")),
  entry(
    "container diff,diff",
    "Inspect changes to files or directories on a container's filesystem",
    () => import("./command/container/diff.ts"),
  ),
  entry(
    "container exec,exec",
    "Execute a command in a running container",
    () => import("./command/container/exec.ts"),
    true,
  ),
  entry(
    "container export,export",
    "Export a container's filesystem as a tar archive",
    () => import("./command/container/export.ts"),
  ),
  entry(
    "container inspect",
    "Display detailed information on one or more containers",
    () => import("./command/container/inspect.ts"),
  ),
  entry(
    "container kill,kill",
    "Kill one or more running containers",
    () => import("./command/container/kill.ts"),
  ),
  entry("container logs,logs", "Fetch the logs of a container", () => import("./command/container/logs.ts")),
  entry(
    "container ls,container list,container ps,ps",
    "List containers",
    () => import("./command/container/ls.ts"),
    true,
  ),
  entry(
    "container pause,pause",
    "Pause all processes within one or more containers",
    () => import("./command/container/pause.ts"),
  ),
  entry(
    "container port,port",
    "List port mappings or a specific mapping for the container",
    () => import("./command/container/port.ts"),
  ),
  entry(
    "container port add,port add",
    "Publish further ports of a container, also while it runs",
    () => import("./command/container/port-add.ts"),
  ),
  entry(
    "container port rm,port rm",
    "Take published ports of a container back, also while it runs",
    () => import("./command/container/port-rm.ts"),
  ),
  entry("container prune", "Remove all stopped containers", () => import("./command/container/prune.ts")),
  entry("container rename,rename", "Rename a container", () => import("./command/container/rename.ts")),
  entry(
    "container restart,restart",
    "Restart one or more containers",
    () => import("./command/container/restart.ts"),
  ),
  entry(
    "container rm,container remove,rm",
    "Remove one or more containers",
    () => import("./command/container/rm.ts"),
  ),
  entry(
    "container run,run",
    "Create and run a new container from an image",
    () => import("./command/container/run.ts"),
    true,
  ),
  entry(
    "container start,start",
    "Start one or more stopped containers",
    () => import("./command/container/start.ts"),
  ),
  entry(
    "container stats,stats",
    "Display a live stream of container(s) resource usage statistics",
    () => import("./command/container/stats.ts"),
  ),
  entry(
    "container stop,stop",
    "Stop one or more running containers",
    () => import("./command/container/stop.ts"),
  ),
  entry(
    "container top,top",
    "Display the running processes of a container",
    () => import("./command/container/top.ts"),
  ),
  entry(
    "container unpause,unpause",
    "Unpause all processes within one or more containers",
    () => import("./command/container/unpause.ts"),
  ),
  entry(
    "container update,update",
    "Update configuration of one or more containers",
    () => import("./command/container/update.ts"),
  ),
  entry(
    "container wait,wait",
    "Block until one or more containers stop, then print their exit codes",
    () => import("./command/container/wait.ts"),
  ),
  entry(
    "image bootstrap",
    "Make a base image without a registry",
    () => import("./command/image/bootstrap.ts"),
  ),
  entry(
    "image build,build,builder build,buildx build",
    "Build an image from a Dockerfile",
    () => import("./command/image/build.ts"),
    true,
  ),
  entry("image diff", "Show how the files of two images differ", () => import("./command/image/diff.ts")),
  entry("image history,history", "Show the history of an image", () => import("./command/image/history.ts")),
  entry(
    "image import,import",
    "Import the contents from a tarball to create a filesystem image",
    () => import("./command/image/import.ts"),
  ),
  entry(
    "image inspect",
    "Display detailed information on one or more images",
    () => import("./command/image/inspect.ts"),
  ),
  entry(
    "image load,load",
    "Load an image from a tar archive or STDIN",
    () => import("./command/image/load.ts"),
  ),
  entry("image ls,image list,images", "List images", () => import("./command/image/ls.ts"), true),
  entry("image prune", "Remove unused images", () => import("./command/image/prune.ts")),
  entry("image rm,image remove,rmi", "Remove one or more images", () => import("./command/image/rm.ts")),
  entry(
    "image pull,pull",
    "Download an image from a registry",
    () => import("./command/image/pull.ts"),
    true,
  ),
  entry("image push,push", "Upload an image to a registry", () => import("./command/image/push.ts"), true),
  entry(
    "image save,save",
    "Save one or more images to a tar archive (streamed to STDOUT by default)",
    () => import("./command/image/save.ts"),
  ),
  entry(
    "image tag,tag",
    "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    () => import("./command/image/tag.ts"),
  ),
  entry("image tree", "Show which images share which layers", () => import("./command/image/tree.ts")),
  entry(
    "inspect",
    "Return low-level information on any object of the engine",
    () => import("./command/system/inspect.ts"),
  ),
  entry("login", "Authenticate to a registry", () => import("./command/registry/login.ts"), true),
  entry("logout", "Log out from a registry", () => import("./command/registry/logout.ts"), true),
  entry(
    "manifest annotate",
    "Add additional information to a local image manifest",
    () => import("./command/manifest/annotate.ts"),
  ),
  entry(
    "manifest create",
    "Create a local manifest list for annotating and pushing to a registry",
    () => import("./command/manifest/create.ts"),
  ),
  entry(
    "manifest inspect",
    "Display an image manifest, or manifest list",
    () => import("./command/manifest/inspect.ts"),
  ),
  entry("manifest push", "Push a manifest list to a repository", () => import("./command/manifest/push.ts")),
  entry(
    "manifest rm",
    "Delete one or more manifest lists from local storage",
    () => import("./command/manifest/rm.ts"),
  ),
  entry("network connect", "Connect a container to a network", () => import("./command/network/connect.ts")),
  entry("network create", "Create a network", () => import("./command/network/create.ts")),
  entry(
    "network disconnect",
    "Disconnect a container from a network",
    () => import("./command/network/disconnect.ts"),
  ),
  entry(
    "network doctor",
    "Test the path from a container to a target",
    () => import("./command/network/doctor.ts"),
  ),
  entry("network graph", "Draw networks, containers and ports", () => import("./command/network/graph.ts")),
  entry(
    "network inspect",
    "Display detailed information on one or more networks",
    () => import("./command/network/inspect.ts"),
  ),
  entry("network ls,network list", "List networks", () => import("./command/network/ls.ts")),
  entry("network prune", "Remove all unused networks", () => import("./command/network/prune.ts")),
  entry("network rm,network remove", "Remove one or more networks", () => import("./command/network/rm.ts")),
  entry(
    "registry serve",
    "Offer the engine's images to others as a registry",
    () => import("./command/registry/serve.ts"),
  ),
  entry("search", "Search Docker Hub for images", () => import("./command/registry/search.ts"), true),
  entry("system check", "Verify all that the engine stores", () => import("./command/system/check.ts")),
  entry("system df", "Show disk usage", () => import("./command/system/df.ts")),
  entry(
    "system events,events",
    "Get real time events from the engine",
    () => import("./command/system/events.ts"),
  ),
  entry("system gc", "Make room on the disk", () => import("./command/system/gc.ts")),
  entry(
    "system info,info",
    "Display system-wide information",
    () => import("./command/system/info.ts"),
    true,
  ),
  entry("system prune", "Remove unused data", () => import("./command/system/prune.ts")),
  entry(
    "version",
    "Show the version of the client and of the engine",
    () => import("./command/system/version.ts"),
    true,
  ),
  entry("volume clone", "Make a volume with what another holds", () => import("./command/volume/clone.ts")),
  entry(
    "volume export",
    "Write what a volume holds as a tar archive",
    () => import("./command/volume/export.ts"),
  ),
  entry("volume import", "Fill a volume from a tar archive", () => import("./command/volume/import.ts")),
  entry("volume rename", "Rename a volume", () => import("./command/volume/rename.ts")),
  entry(
    "volume restore",
    "Put a snapshot in the place of what a volume holds",
    () => import("./command/volume/restore.ts"),
  ),
  entry("volume snapshot", "Keep what a volume holds", () => import("./command/volume/snapshot.ts")),
  entry(
    "volume snapshot ls",
    "List the snapshots of a volume",
    () => import("./command/volume/snapshot-ls.ts"),
  ),
  entry(
    "volume snapshot rm",
    "Remove snapshots of a volume",
    () => import("./command/volume/snapshot-rm.ts"),
  ),
  entry("volume create", "Create a volume", () => import("./command/volume/create.ts")),
  entry(
    "volume inspect",
    "Display detailed information on one or more volumes",
    () => import("./command/volume/inspect.ts"),
  ),
  entry("volume ls,volume list", "List volumes", () => import("./command/volume/ls.ts")),
  entry("volume prune", "Remove unused local volumes", () => import("./command/volume/prune.ts")),
  entry("volume rm,volume remove", "Remove one or more volumes", () => import("./command/volume/rm.ts")),
  entry(
    "completion",
    "Write a completion script for bash, zsh or fish",
    () => import("./command/completion.ts"),
  ),
];

/** The command whose full name the words begin with. */
export function find(words: readonly string[]): { entry: Entry; name: string } | undefined {
  const depth = Object.hasOwn(groups, words[0] ?? "") ? 2 : 1;
  const name = words.slice(0, depth).join(" ");
  const nested = [name, words[depth]].join(" ");
  return (isNested(words.slice(depth)) ? named(nested) : undefined) ?? named(name);
}

/**
 * Whether the first word may be a verb of the verb before it. Docker's `port CONTAINER [PORT]` has two words at most, the
 * second a number, and its container may be called "add"; ours have the container and ports behind the verb.
 */
const isNested = ([, ...behind]: readonly string[]) =>
  behind.length >= 2 || (behind[0] !== undefined && !/^\d/.test(behind[0]));

function named(name: string): { entry: Entry; name: string } | undefined {
  const entry = entries.find((one) => one.names.includes(name));
  return entry === undefined ? undefined : { entry, name };
}
