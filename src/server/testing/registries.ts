import type * as api from "../../api/index.ts";
import type { ImageOffer, RegistryVerbs } from "../../engine/backend.ts";
import { notImplemented, unauthorized } from "../../errors/index.ts";

/** A registry that knows one user, `ann` with the password `secret`. */
export class TestRegistries implements RegistryVerbs {
  last: unknown;

  async login(auth: api.AuthConfig) {
    this.last = auth;
    if (auth.username !== "ann" || auth.password !== "secret") throw unauthorized("wrong password");
    return { Status: "Login Succeeded", IdentityToken: "" };
  }

  async distribution(ref: string, auth: api.AuthConfig | undefined) {
    this.last = { ref, auth };
    const Descriptor = { mediaType: "m", digest: `sha256:${"1".repeat(64)}`, size: 1 };
    return { Descriptor, Platforms: [{ architecture: "amd64", os: "linux" }] };
  }

  async search(term: string, options: unknown) {
    this.last = options;
    return [{ name: term, description: "", star_count: 0, is_official: false, is_automated: false }];
  }

  offer(): ImageOffer {
    throw notImplemented("this backend has no images to offer");
  }
}
