import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { invalid, notFound } from "../../../errors/index.ts";
import { digestOf } from "../../../oci/digest.ts";
import { locateInRoot } from "../../../os/inroot.ts";
import { canonicalJson, type GitOp } from "../../graph/index.ts";
import type { Operation, OpJob, Result, Session } from "../../solver/model.ts";
import { writeLayer } from "../layer/write.ts";
import type { OpRooms } from "../rooms.ts";
import { Git } from "./git-command.ts";
import { checkRef, isCommit, parseRemote } from "./git-remote.ts";

/** A commit of a repository, with its submodules, as root's files; their times are the commit's. */
export function gitOperation(rooms: OpRooms): Operation<GitOp> {
  return {
    async key(op, _inputs, job) {
      const { commit } = await resolve(op, job);
      const { subdirectory = "", keepGitDirectory, skipSubmodules = false } = op;
      const what = ["git", op.remote, commit, subdirectory, keepGitDirectory];
      return digestOf(canonicalJson(skipSubmodules ? [...what, "without submodules"] : what));
    },
    async run(op, _inputs, job): Promise<Result> {
      const found = await resolve(op, job);
      const layer = await writeLayer(
        rooms,
        [],
        async ({ root }) => {
          await checkOut(found, op, root, job);
          return {};
        },
        job.signal,
      );
      return { kind: "layers", layers: [layer] };
    },
  };
}

interface Found {
  readonly git: Git;
  readonly url: string;
  readonly commit: string;
  /** Of an annotated tag itself. */
  readonly tag?: string;
  /** By which it can be fetched; absent: by the commit itself. */
  readonly name?: string;
}

/** Which commit a ref means, the same one for all of a build: its Dockerfile, the context, and the step that fetches it. */
async function resolve(op: GitOp, job: OpJob): Promise<Found> {
  const remote = parseRemote(op.remote);
  const ref = op.ref === undefined ? "HEAD" : checkRef(op.ref);
  const git = await Git.open(remote, job);
  const found = isCommit(ref)
    ? { commit: ref }
    : await once(job.session, `${remote.url} ${ref}`, () => lookUp(git, remote.url, ref));
  if (op.checksum !== undefined) checkCommit(op.checksum, found);
  return { git, url: remote.url, ...found };
}

const lookedUp = new WeakMap<Session, Map<string, ReturnType<typeof lookUp>>>();

function once(
  session: Session,
  what: string,
  ask: () => ReturnType<typeof lookUp>,
): ReturnType<typeof lookUp> {
  const known = lookedUp.get(session) ?? new Map<string, ReturnType<typeof lookUp>>();
  lookedUp.set(session, known);
  const asked = known.get(what) ?? ask();
  known.set(what, asked);
  // Whoever asks again may be luckier, or not be cancelled.
  asked.catch(() => known.delete(what));
  return asked;
}

/** A checksum is the commit's, or the tag's, or how one of them begins. */
function checkCommit(checksum: string, { commit, tag = commit }: Pick<Found, "commit" | "tag">): void {
  if (!/^[a-f0-9]+$/i.test(checksum))
    throw invalid(`invalid checksum ${checksum} for Git URL, expected hex commit hash`);
  if (commit.startsWith(checksum) || tag.startsWith(checksum)) return;
  throw invalid(`expected checksum to match ${checksum}, got ${commit}`);
}

/** As git-checkout, branches come before tags; of annotated tags the commit that they are of. */
async function lookUp(
  git: Git,
  url: string,
  ref: string,
): Promise<Pick<Found, "commit" | "tag"> & { name: string }> {
  const listed = await git.run("/", "ls-remote", "--", url, ref, `${ref}^{}`);
  const commits = new Map<string, string>();
  for (const line of listed.split("\n")) {
    const [commit = "", name = ""] = line.split("\t");
    if (isCommit(commit)) commits.set(name, commit);
  }
  for (const name of [ref, `refs/heads/${ref}`, `refs/tags/${ref}`]) {
    const object = commits.get(name);
    const commit = commits.get(`${name}^{}`) ?? object;
    if (commit === undefined) continue;
    return { commit, name, ...(object === undefined || object === commit ? {} : { tag: object }) };
  }
  throw notFound(`repository does not contain ref ${ref}, output: ${JSON.stringify(listed.trim())}`);
}

async function checkOut(found: Found, op: GitOp, root: string, job: OpJob): Promise<void> {
  const { git, url, commit } = found;
  await git.run(root, "init", "--quiet");
  await git.run(root, "remote", "add", "--", "origin", url);
  job.status({ id: url, action: "fetching", current: 0 });
  await fetchCommit(found, root);
  await git.run(root, "checkout", "--quiet", "--force", "--detach", commit, "--");
  const modules = ["submodule", "update", "--quiet", "--init", "--recursive", "--depth=1"];
  if (op.skipSubmodules !== true && hasFile(root, ".gitmodules")) await git.run(root, ...modules);
  const seconds = Number((await git.run(root, "show", "--no-patch", "--format=%ct", commit, "--")).trim());
  job.status({ id: url, action: "fetching", current: 1, total: 1, completed: true });
  // What was fetched when is no part of a commit.
  rmSync(join(root, ".git", "FETCH_HEAD"), { force: true });
  rmSync(join(root, ".git", "logs"), { recursive: true, force: true });
  if (!op.keepGitDirectory) rmSync(join(root, ".git"), { recursive: true });
  if (op.subdirectory) keepOnly(root, op.subdirectory);
  await setTimes(root, seconds, job.signal);
}

/** No more than the commit, unless the server only knows branches and tags. */
async function fetchCommit({ git, commit, name }: Found, root: string): Promise<void> {
  const shallow = ["fetch", "--quiet", "--depth=1", "--no-tags", "--", "origin"];
  for (const what of [commit, name]) {
    if (what === undefined || (await git.try(root, ...shallow, what)) === undefined) continue;
    if ((await git.try(root, "cat-file", "-e", `${commit}^{commit}`)) !== undefined) return;
  }
  await git.run(root, "fetch", "--quiet", "--tags", "--", "origin", "+refs/heads/*:refs/remotes/origin/*");
}

function hasFile(root: string, name: string): boolean {
  return lstatSync(join(root, name), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Makes a directory the root. */
function keepOnly(root: string, subdirectory: string): void {
  const { path, missing } = locateInRoot(root, subdirectory);
  if (path === "/") return;
  if (missing.length > 0 || !lstatSync(root + path).isDirectory())
    throw notFound(`subdirectory ${JSON.stringify(subdirectory)} not found in the git repository`);
  const kept = join(root, `.kept-${crypto.randomUUID()}`);
  mkdirSync(kept);
  renameSync(root + path, join(kept, "tree"));
  for (const name of readdirSync(root)) {
    if (join(root, name) !== kept) rmSync(join(root, name), { recursive: true });
  }
  for (const name of readdirSync(join(kept, "tree"))) renameSync(join(kept, "tree", name), join(root, name));
  rmSync(kept, { recursive: true });
}

/** A check-out's times are those when it was made: the commit's are the same every time. */
async function setTimes(root: string, seconds: number, signal: AbortSignal): Promise<void> {
  const touch = ["-exec", "touch", "--no-dereference", `--date=@${seconds}`, "--", "{}", "+"];
  const child = Bun.spawn(["find", root, "-depth", "-mindepth", "1", ...touch], {
    stdio: ["ignore", "ignore", "pipe"],
    signal,
  });
  const complaint = await child.stderr.text();
  signal.throwIfAborted();
  if ((await child.exited) !== 0)
    throw invalid(`cannot set the times of a git commit's files: ${complaint.trim()}`);
}
