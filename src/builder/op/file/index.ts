import { invalid } from "../../../errors/index.ts";
import type { MeasuredLayer } from "../../../layers/index.ts";
import type { FileOp } from "../../graph/index.ts";
import type { Operation, OpJob, Result } from "../../solver/model.ts";
import type { TreeRequest } from "../child/source/tree.ts";
import type { Checksums } from "../content/model.ts";
import { type Finished, type WritableRoot, writeLayer } from "../layer/write.ts";
import type { OpRooms } from "../rooms.ts";
import { startTelling } from "../telling.ts";
import { mountInput } from "../tree.ts";
import { EarlierCopies, type EarlierCopy } from "./earlier.ts";
import { fileKey } from "./key.ts";
import type { FileRequest } from "./request.ts";

/** 1980-01-01, the first day that files in zip archives can have. */
const earliest = 315_532_800;

/**
 * COPY, ADD, WORKDIR: changes of a file tree, made by one child. The same inputs make the same layer: what is copied keeps
 * its times, what is made gets the operation's, and directories that were there keep theirs.
 */
export function fileOperation(rooms: OpRooms, checksums: Checksums): Operation<FileOp> {
  const copies = new EarlierCopies(rooms);
  return {
    key: (op, inputs, job) => fileKey(checksums, op, inputs, job),
    async run(op, inputs, job) {
      const [base] = inputs;
      if (base?.kind === "directory")
        throw invalid("files cannot be put into a directory that is not the build's");
      const below = base?.layers ?? [];
      using earlier = await copies.of(op, inputs, job.vertex.ignoreCache === true);
      const work = (place: WritableRoot) => change(rooms, op, inputs, job, place, earlier);
      const layer = await writeLayer(rooms, below, work, job.signal);
      return { kind: "layers", layers: [...below, layer] };
    },
  };
}

async function change(
  rooms: OpRooms,
  { actions, time = earliest }: FileOp,
  inputs: readonly Result[],
  job: OpJob,
  { workplace, root, upper }: WritableRoot,
  earlier: EarlierCopy | undefined,
): Promise<Finished> {
  const read = new Set(actions.flatMap((action) => (action.action === "copy" ? [action.input] : [])));
  const trees = inputs.map((input, number): TreeRequest | null => {
    if (!read.has(number)) return null;
    const directory = mountInput(rooms, workplace, input, `inputs/${number}`);
    const foreign = input.kind === "directory";
    return { root: directory, ignore: foreign ? input.ignore : [], foreign };
  });
  const remembered = earlier === undefined ? {} : { earlier: earlier.request };
  const request: FileRequest = { root, upper, actions, inputs: trees, time, ...remembered };
  const { told, ended } = startTelling<MeasuredLayer>("build-file", request, job.signal);
  // What is not written down is copied the next time: once the layer is known, it is no failure of the step.
  earlier?.writing(ended);
  return { measured: await told };
}
