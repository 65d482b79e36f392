/** Differences that are meant, by the builder that they are from: mostly what newer BuildKits do as we do. */
const reasons: readonly [builder: RegExp, name: RegExp, line: RegExp][] = [
  // It lost set-id bits of --chmod.
  [/BuildKit/, /^copy-chmod$/, /^\/set: "file 4755 .* \/ "file 755 /],
  // It took a file on the way of a wildcard for an error.
  [/BuildKit/, /^copy-wildcards$/, /^builds \/ refuses: .*not a directory$/],
  [/classic/, /./, /^config\.ArgsEscaped: true/],
  // The command line sends it with lines of its own.
  [/classic/, /./, /\.dockerignore: /],
  // The archive that it sends has no set-id bits; WORKDIR's directories belong to root.
  [/classic/, /^copy-/, /suid: "file 4755 .* \/ "file 755 /],
  [/classic/, /^workdir$/, /^\/owned\S*: "directory 755 65534:65534" \/ "directory 755 0:0"$/],
  // It does not know them.
  [/classic/, /^copy-(chmod|owners|wildcards|destinations)$/, /^builds \/ refuses: /],
  // It gives ENV precedence over an ARG that comes later.
  [/classic/, /^args$/, /^(config\.Labels|\/two): /],
];

export function meant(name: string, builder: string, line: string): boolean {
  return reasons.some(
    ([ofBuilder, ofName, ofLine]) => ofBuilder.test(builder) && ofName.test(name) && ofLine.test(line),
  );
}
