/** Runs containers with an OCI runtime: processes, their state, their end. */
export { OciRuntime, type RuntimeOptions } from "./oci-runtime.ts";
export type {
  Adoption,
  ExecOptions,
  HeldDescriptors,
  RunOptions,
  Runtime,
  RuntimeProcess,
  Stream,
} from "./runtime.ts";
export { type ExitRecord, StatusDirectory } from "./status-directory.ts";
export { survivingWrappers } from "./survivors.ts";
