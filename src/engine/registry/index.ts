import type { Registries } from "../../registry/index.ts";
import type { RegistryVerbs } from "../backend.ts";
import type { ImageRooms } from "../image/rooms.ts";
import { distribution } from "./distribution.ts";
import { login } from "./login.ts";
import { LocalOffer } from "./offer/index.ts";
import { search } from "./search.ts";

/** The verbs that ask registries and leave no image behind, and the one that makes a registry of this host's images. */
export function registryVerbs(registries: Registries, rooms: ImageRooms): RegistryVerbs {
  return {
    login: (auth, signal) => login(registries, auth, signal),
    distribution: (ref, auth, signal) => distribution(registries, ref, auth, signal),
    search: (term, options, signal) => search(registries, term, options, signal),
    offer: (options) => new LocalOffer(rooms, options),
  };
}
