/** What a command line says last, without what depends on who says it or on this run. */
export function said(errors: string, dockerfile: string): string {
  const lines = errors
    .replaceAll("\u001b[0m", "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("To look into the root file system"));
  return [...wrappings, [dockerfile, "Dockerfile"] as const].reduce(
    (text, [pattern, replacement]) => text.replaceAll(pattern, replacement),
    lines.at(-1) ?? "",
  );
}

const wrappings: readonly (readonly [RegExp | string, string])[] = [
  [/^ERROR: (?:failed to build: )?(?:failed to solve: )?/g, ""],
  [/^failed to solve with frontend dockerfile\.v0: (?:failed to create LLB definition: )?/g, ""],
  [/^failed to solve: /g, ""],
  [/^Error response from daemon: /g, ""],
  [/^rpc error: code = \w+ desc = /g, ""],
  // Docker 20.10 did not know what may be meant.
  [/ \(did you mean [^)]*\?\)/g, ""],
  [/parse error line (\d+)/g, "parse error on line $1"],
  [/^failed to parse \.?[Dd]ockerfile\.?\w*: /g, ""],
  [
    /^executor failed running \[(.*)\]: exit code: (\d+)$/g,
    'process "$1" did not complete successfully: exit code: $2',
  ],
];
