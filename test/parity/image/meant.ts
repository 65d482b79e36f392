/** Differences that are meant, by the builder that they are from: mostly what newer BuildKits do as we do. */
const reasons: readonly [builder: RegExp, name: RegExp, line: RegExp][] = [
  // It lost the bits above 0777 of --chmod.
  [/BuildKit/, /^copy-chmod/, /: "(file|directory) [1-7]\d{3} .* \/ "(file|directory) \d{3} /],
  // It took a file on the way of a wildcard for an error, and a link to nowhere that a wildcard matches.
  [/./, /^copy-glob-(through-file|dangling)$|^copy-from-links$/, /^builds \/ refuses: /],
  // It left named pipes out.
  [/./, /^copy-from-links$/, /^\S+: "fifo .* \/ -$/],
  // It left the places of mounts behind.
  [/BuildKit/, /^run-mounts$/, /^\/(cache|ctx|deep|etc\/none|root-list)\S*: /],
  // It left double slashes in a working directory.
  [/./, /^(workdir-forms|expansions)$/, /^(config\.WorkingDir|history \d+): .*\/\//],
  // It had a shortest duration, and knew no zero.
  [/./, /^healthcheck-zero$/, /^builds \/ refuses: /],
  // It knew no interval of the start.
  [/./, /^newer-start-interval$/, /^config\.Healthcheck.*"StartInterval":500000000/],
  // A target may be a number.
  [/./, /^target-by-number$/, /^builds \/ refuses: /],
  [/classic/, /./, /^config\.ArgsEscaped: true/],
  // A working directory is set even where there is nothing.
  [/classic/, /./, /^config\.WorkingDir: "\/" \/ -$/],
  // It makes no layer of a step that changes nothing.
  [/classic/, /./, /^layers: /],
  // The command line sends it with lines of its own.
  [/classic/, /./, /\.dockerignore: /],
  // The archive that it sends has no set-id bits, and a change of owner takes them.
  [/classic/, /./, /: "(file|hardlink) [2-7]\d{3} .* \/ "(file|hardlink) \d{3} /],
  // Directories that it makes belong to root.
  [/classic/, /./, /: "directory 755 [1-9]\d*:[1-9]\d*" \/ "directory 755 0:0"$/],
  // It does not know them.
  [/classic/, /^run-mounts$/, /^builds \/ refuses: /],
  [/classic/, /^copy-(chmod|owners|chown|destinations|glob|dots)|^copy-wildcards$/, /^builds \/ refuses: /],
  // It gives ENV precedence over an ARG that comes later, and forgets those of a stage's base.
  [/classic/, /^args/, /^(config\.Labels|\/two|\/b): /],
  // It has no arguments of platforms.
  [/classic/, /^platform-args$/, /^\/p: /],
  // It keeps nothing that is below a volume, and builds all stages.
  [/classic/, /^(volumes|unneeded-stages)$/, /^builds \/ refuses: /],
  // Its containers have names, and files and groups of their own. Authors of bases it forgets.
  [/classic/, /^(env|run-environment|run-forms|run-user)$/, /^\/(env|etc-list|root-list|out\/id2?): /],
  [/classic/, /^maintainer-of-base$/, /^author: /],
  [/classic/, /^cmd-forms$/, /^config\.Cmd: /],
  // It lets some contents of directories go with their times.
  [/classic/, /^copy-from-hardlinks$/, /hardlink/],
];

export function meant(name: string, builder: string, line: string): boolean {
  return reasons.some(
    ([ofBuilder, ofName, ofLine]) => ofBuilder.test(builder) && ofName.test(name) && ofLine.test(line),
  );
}
