/** Mistakes of which we mean to say something else than Docker 20.10, by the reason. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  "newer BuildKits say it so": [
    "target-unknown",
    "env-unfinished-brace",
    "env-bad-modifier",
    "expose-protocol",
    "expose-address",
    "expose-empty",
    "healthcheck-retries-negative",
    "from-bad-reference",
    "bad-tag",
  ],
  "newer BuildKits refuse it": ["copy-unknown-user", "copy-unknown-group", "copy-bad-mode"],
  "the exit status of a command is kept": [
    "run-fails",
    "run-fails-json",
    "run-missing",
    "run-killed",
    "bad-build-arg",
  ],
  "it was no flag": ["add-checksum-of-file", "run-network", "run-security"],
  "the cause is said, not only a status": ["from-scratch-run", "run-missing-json"],
  "what is expected is said": ["from-bad-platform", "run-secret-required"],
  "it names a place of its own": ["copy-missing-of-stage", "workdir-on-file"],
  "other words for a network that fails": ["stage-unknown", "stage-itself", "add-unknown-host"],
  "the keyword is shown as it is written": ["flag-before-keyword"],
};

const names = new Set(Object.values(reasons).flat());

export const isMeant = (name: string): boolean => names.has(name);
