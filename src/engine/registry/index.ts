import type { Registries } from "../../registry/index.ts";
import type { RegistryVerbs } from "../backend.ts";
import { distribution } from "./distribution.ts";
import { login } from "./login.ts";
import { search } from "./search.ts";

/** The verbs that ask registries and leave no image behind. */
export function registryVerbs(registries: Registries): RegistryVerbs {
  return {
    login: (auth, signal) => login(registries, auth, signal),
    distribution: (ref, auth, signal) => distribution(registries, ref, auth, signal),
    search: (term, options, signal) => search(registries, term, options, signal),
  };
}
