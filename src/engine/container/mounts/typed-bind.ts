import type { Mount } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";
import type { ContainerMount, SourceChanges } from "../record.ts";
import { bindMount } from "./bind.ts";
import { exists } from "./here.ts";
import { isPropagation } from "./modes.ts";
import { propagationOf } from "./propagation.ts";

/** `--mount type=bind`: its source must be there, unless it is to be made. */
export async function typedBind(
  { BindOptions, ReadOnly = false }: Mount,
  bind: { source: string; destination: string } & SourceChanges,
  what: string,
  dataRoot: string,
): Promise<ContainerMount> {
  const { source } = bind;
  if (source === "") throw invalid(`${what}: field Source must not be empty`);
  if (!source.startsWith("/"))
    throw invalid(`${what}: invalid mount path: '${source}' mount path must be absolute`);
  const createSource = BindOptions?.CreateMountpoint ?? false;
  if (!createSource && !(await exists(source)))
    throw invalid(`${what}: bind source path does not exist: ${source}`);
  const propagation = BindOptions?.Propagation ?? "";
  if (propagation !== "" && !isPropagation(propagation))
    throw invalid(`${what}: invalid propagation mode: ${propagation}`);
  checkReadOnly(ReadOnly, BindOptions ?? {});
  return bindMount({
    ...bind,
    readOnly: ReadOnly,
    mode: "",
    propagation: propagationOf(source, propagation, dataRoot),
    recursive: !BindOptions?.NonRecursive,
    readOnlyRecursive: !BindOptions?.ReadOnlyNonRecursive,
    createSource,
  });
}

function checkReadOnly(readOnly: boolean, options: NonNullable<Mount["BindOptions"]>): void {
  const { ReadOnlyNonRecursive = false, ReadOnlyForceRecursive = false } = options;
  const conflict = (words: string) => invalid(`mount options conflict: ${words}`);
  if (!readOnly && ReadOnlyNonRecursive) throw conflict("!ReadOnly && BindOptions.ReadOnlyNonRecursive");
  if (!readOnly && ReadOnlyForceRecursive) throw conflict("!ReadOnly && BindOptions.ReadOnlyForceRecursive");
  if (ReadOnlyNonRecursive && ReadOnlyForceRecursive)
    throw conflict("ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive");
}
