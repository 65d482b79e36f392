import { closeSync, openSync } from "node:fs";
import { enterOpenRoot, enterRoot } from "../../../layers/child/chroot.ts";
import { measure } from "../../../layers/child/diff.ts";
import { sendEvent } from "../../../layers/child/protocol.ts";
import type { FileAction } from "../../graph/index.ts";
import type { FileRequest } from "../file/request.ts";
import { makeDirectory, type Place, remove, write } from "./file/actions.ts";
import { type PreparedCopy, performCopy, prepareCopy } from "./file/copy.ts";
import { EarlierCopy } from "./file/earlier/copy.ts";
import { type Owner, parseOwner } from "./file/owner.ts";
import { DirectoryTimes } from "./file/times.ts";
import { SourceTree } from "./source/tree.ts";

const root: Owner = { uid: 0, gid: 0 };

/** An action, with all that has to be looked up outside of the root file system that is changed. */
interface Prepared {
  readonly action: FileAction;
  readonly owner: Owner | undefined;
  readonly copies: readonly PreparedCopy[];
}

/** The work of a file operation. It tells a MeasuredLayer before it writes down what it copied. */
export async function work(request: FileRequest): Promise<void> {
  using opened = new DisposableStack();
  const trees = request.inputs.map((input) =>
    input === null ? undefined : opened.use(new SourceTree(input)),
  );
  const prepared: Prepared[] = [];
  for (const action of request.actions) {
    const owner = "owner" in action && action.owner ? parseOwner(request.root, action.owner) : undefined;
    const copies = action.action === "copy" ? await prepareCopy(action, trees[action.input]) : [];
    prepared.push({ action, owner, copies });
  }
  const unpacks = prepared.some(({ copies }) => copies.some(({ archive }) => archive !== undefined));
  const earlier = request.earlier && !unpacks ? opened.use(new EarlierCopy(request.earlier)) : undefined;
  const upper = opened.adopt(openSync(request.upper, "r"), closeSync);
  enterRoot(request.root);
  const times = new DirectoryTimes();
  const time = BigInt(request.time) * 1_000_000_000n;
  const place = { times, time, earlier: earlier?.files };
  for (const { action, owner, copies } of prepared) await perform(action, owner, copies, place);
  times.apply();
  if (earlier === undefined) {
    enterOpenRoot(upper);
    sendEvent(measure());
  } else earlier.finish(upper, sendEvent);
}

async function perform(
  action: FileAction,
  owner: Owner | undefined,
  copies: readonly PreparedCopy[],
  place: Place,
): Promise<void> {
  switch (action.action) {
    case "copy":
      return await performCopy(action, owner, copies, place);
    case "mkdir":
      return makeDirectory(action, owner ?? root, place);
    case "write":
      return write(action, owner ?? root, place);
    case "remove":
      return remove(action, place);
  }
}
