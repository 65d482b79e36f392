import type { Mount } from "../../../api/index.ts";
import { invalid } from "../../../errors/index.ts";
import type { ContainerMount } from "../record.ts";
import { parseTmpfsOptions } from "./tmpfs.ts";

/** `--mount type=tmpfs`. */
export function tmpfsMount(mount: Mount, destination: string): ContainerMount {
  const { ReadOnly = false, TmpfsOptions, UID, GID } = mount;
  const { SizeBytes = 0, Mode = 0, Options } = TmpfsOptions ?? {};
  if (SizeBytes < 0) throw invalid(`invalid mount config for type "tmpfs": size ${SizeBytes} is below 0`);
  const options = [
    ...(ReadOnly ? ["ro"] : []),
    ...(SizeBytes === 0 ? [] : [`size=${SizeBytes}`]),
    ...(Mode === 0 ? [] : [`mode=${Mode.toString(8)}`]),
    ...(UID === undefined ? [] : [`uid=${UID}`]),
    ...(GID === undefined ? [] : [`gid=${GID}`]),
    ...(Options ?? []).map((words) => words.join("=")),
  ];
  return {
    point: {
      Type: "tmpfs",
      Source: "",
      Destination: destination,
      Mode: "",
      RW: !ReadOnly,
      Propagation: "",
    },
    options: parseTmpfsOptions(options.join(",")),
  };
}
