import { invalid } from "../errors/index.ts";

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Docker's rule; it also keeps a name from leaving the root. */
export function validateName(name: string): void {
  if (name.length === 1)
    throw invalid(`volume name is too short, names should be at least two alphanumeric characters`);
  if (!namePattern.test(name)) {
    throw invalid(
      `${JSON.stringify(name)} includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  }
  if (name.length > 255) throw invalid("a volume name has at most 255 characters");
}
