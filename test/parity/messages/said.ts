type Rewriting = readonly [pattern: RegExp, replacement: string | ((...groups: string[]) => string)];

/** What a command line says last, without what depends on who says it, on this run, or on the version. */
export function said(errors: string, dockerfile: string): string {
  const lines = errors
    .replaceAll("\u001b[0m", "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("To look into the root file system"));
  return rewritings.reduce(
    (text, [pattern, replacement]) => text.replace(pattern, replacement as string),
    (lines.at(-1) ?? "").replaceAll(dockerfile, "Dockerfile"),
  );
}

const rewritings: readonly Rewriting[] = [
  [/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, ""],
  [/^failed to solve(?: with frontend dockerfile\.v0)?: (?:failed to create LLB definition: )?/, ""],
  [/^Error response from daemon: /, ""],
  [/^rpc error: code = \w+ desc = /, ""],
  // The file that is sent has another name.
  [/^failed to parse \S+: /, ""],
  [/the Dockerfile \(\S+\)/, "the Dockerfile"],
  // Docker tells the line of a wrong instruction, but not where it cannot tell instructions apart; we always do.
  [/^dockerfile parse error (?:on )?line \d+: /, ""],
  // Docker 20.10 did not know what may be meant, nor which rule hides a file.
  [/ \((?:did you mean|the rule) [^)]*\)/, ""],
  // As it was worded then.
  [/^Unknown flag: /, "unknown flag: --"],
  [/^Duplicate flag specified: /, "duplicate flag specified: --"],
  [/^Missing a value on flag: /, "missing a value on flag: --"],
  [/^(?:Invalid|No) /, (start) => start.toLowerCase()],
  [/^(?:failed to compute cache key: )?("[^"]*") not found: not found$/, "$1: not found"],
  [/^failed to mount: /, ""],
  [/ ip address/, " IP address"],
  [
    /^executor failed running \[(.*)\]: exit code: (\d+)$/,
    (_, command, code) =>
      `process ${JSON.stringify(command)} did not complete successfully: exit code: ${code}`,
  ],
  [/^executor failed running \[.*\]: /, ""],
  // Places of the engine.
  [/\/\S*\/overlay2\/[^/]+\/merged/, ""],
  [/\/\S*\/buildkit-mount\d+\//, ""],
];
