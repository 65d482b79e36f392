import { isFalse, isTrue } from "../flags/scalar.ts";
import { wrong } from "../local-error.ts";
import { csvFields, cut } from "../opts/csv.ts";

const refuse = (): never => {
  throw wrong(
    "attestations (--attest, --sbom, --provenance) are not supported yet: leave them out, or set them to false",
  );
};

/** `--provenance` and `--sbom`: what says that there are to be none is taken, as there are none. */
export function parseAttestation(text: string): void {
  const fields = csvFields(text).map((field) => cut(field, "="));
  const isDisabled = fields.some(([key, value]) => key === "disabled" && isTrue(value));
  if (!isFalse(text) && !isDisabled) refuse();
}

/** `--attest type=sbom,disabled=true` */
export function parseAttest(text: string): void {
  const fields = csvFields(text);
  if (!fields.some((field) => field.startsWith("type="))) throw wrong("attestation type not specified");
  parseAttestation(text);
}
