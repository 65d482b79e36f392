import type { RunAdvice, RunContext } from "./advice.ts";
import { hasOption, operands, runs, type ShellCommand } from "./shell.ts";

const interpreters = /^((ba|da|z|k|a)?sh|python[\d.]*|perl|ruby|node)$/;
const fetchers = /^(curl|wget)$/;

/** Advice on what RUN runs: security, and layers that are larger than they need be. */
export const runAdvice: readonly RunAdvice[] = [
  {
    rule: { name: "PipedToShell", description: "What the web answers should not be run unseen" },
    check: ({ commands }) => {
      const piped = commands.some((command, at) => {
        const next = commands[at + 1];
        return command.piped && runs(command, fetchers) && next !== undefined && runs(next, interpreters);
      });
      return piped
        ? "A download is run as it comes: ADD it with --checksum, or check its digest before it is run"
        : undefined;
    },
  },
  {
    rule: { name: "TransportUnchecked", description: "Certificates of servers should be checked" },
    check: ({ commands }) =>
      commands.some(
        (command) =>
          (runs(command, /^curl$/) && (hasOption(command, "--insecure") || hasFlag(command, "k"))) ||
          (runs(command, /^wget$/) && hasOption(command, "--no-check-certificate")),
      )
        ? "A download takes any server's certificate: install ca-certificates, and leave the check on"
        : undefined,
  },
  {
    rule: { name: "SudoUsed", description: "Builds need no sudo" },
    check: ({ commands }) =>
      commands.some(({ sudo }) => sudo)
        ? "sudo has no use in a build: switch with USER root, and back"
        : undefined,
  },
  {
    rule: { name: "WorldWritable", description: "Files should not be writable for everybody" },
    check: ({ commands }) =>
      commands.some(
        (command) => runs(command, /^chmod$/) && /^(0?777|a\+rwx|[ao]\+w)$/.test(operands(command)[0] ?? ""),
      )
        ? "chmod makes files writable for everybody: give them to the user that needs them (chown)"
        : undefined,
  },
  {
    rule: {
      name: "DoubledLayer",
      description: "Files should get their owner and mode where they are copied",
    },
    size: true,
    check: doubled,
  },
  {
    rule: { name: "RemovedTooLate", description: "What is removed in a later layer stays in the image" },
    size: true,
    check: ({ commands, before }) =>
      commands.length > 0 &&
      commands.every(({ words }) => words[0] === "rm") &&
      before.some(({ kind }) => kind === "run" || kind === "copy" || kind === "add")
        ? "Files that are removed in a RUN of their own stay in the layer below: remove them where they are made"
        : undefined,
  },
  {
    rule: { name: "CdWithoutEffect", description: "A directory is left at the end of its RUN" },
    check: ({ commands }) =>
      commands.length === 1 && commands[0]?.words[0] === "cd"
        ? "cd has no effect beyond its RUN: use WORKDIR"
        : undefined,
  },
  {
    rule: { name: "SecretInCommand", description: "Commands stay in the image's history" },
    check: ({ script }) =>
      /:\/\/[^\s/@:$]{1,99}:[^\s/@$]{3,99}@|(?:--password|--token)[= ][^\s$-][^\s$]*/.test(script)
        ? "A password or token in a command stays in the image's history: use RUN --mount=type=secret"
        : undefined,
  },
];

const hasFlag = ({ words }: ShellCommand, letter: string): boolean =>
  words.some((word) => /^-[a-zA-Z]+$/.test(word) && word.includes(letter));

/** chown -R or chmod -R of what a COPY or ADD before it brought. */
function doubled({ commands, before }: RunContext): string | undefined {
  const changed = commands
    .filter(
      (command) =>
        runs(command, /^ch(own|mod|grp)$/) && (hasFlag(command, "R") || hasOption(command, "--recursive")),
    )
    .flatMap((command) => operands(command).slice(1));
  const copied = before.flatMap((command) =>
    command.kind === "copy" || command.kind === "add" ? [trimmed(command.destination)] : [],
  );
  const twice = changed.find((path) => copied.some((destination) => isBelow(destination, trimmed(path))));
  return twice === undefined
    ? undefined
    : `A recursive change of ${twice} stores its files a second time: use --chown and --chmod where they are copied`;
}

const trimmed = (path: string): string => path.replace(/(?<=.)\/+$/, "");

const isBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
