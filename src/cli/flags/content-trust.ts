import { wrong } from "../local-error.ts";
import type { Flag } from "./flag.ts";
import { parseBool } from "./scalar.ts";

/** `--disable-content-trust`: signatures of Notary are not checked, so asking for that is refused. */
export const contentTrust = (description: string): Flag<boolean> => ({
  ...{ description, placeholder: "", zero: true, bare: "true", shownDefault: "true" },
  add(text) {
    if (parseBool(text)) return true;
    throw wrong("content trust is not available: pull by digest to be sure of what comes");
  },
});
