import { notImplemented } from "../../errors/index.ts";
import type { RegistryVerbs } from "../backend.ts";

/** The verbs that ask registries and leave no image behind. */
export function registryVerbs(): RegistryVerbs {
  const missing = async () => {
    throw notImplemented("registries cannot be asked yet");
  };
  return { login: missing, distribution: missing, search: missing };
}
