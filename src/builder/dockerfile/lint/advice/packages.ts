import { isMounted, isSet, type RunAdvice, type RunContext, removes } from "./advice.ts";
import { hasOption, operands, runs, type ShellCommand } from "./shell.ts";

const apt = /^apt(-get)?$/;

const any = ({ commands }: RunContext, matches: (command: ShellCommand) => boolean): boolean =>
  commands.some(matches);

/** Advice on package managers: what they leave in layers, and what makes builds differ. */
export const packageAdvice: readonly RunAdvice[] = [
  {
    rule: { name: "AptListsKept", description: "Package lists should not be left in a layer" },
    size: true,
    check: (context) => {
      const updated = any(context, (command) => runs(command, apt, /^update$/));
      const gone = removes(context, "/var/lib/apt") || isMounted(context, "/var/lib/apt", "/var/lib", "/var");
      return updated && !gone
        ? "apt's package lists stay in the layer: remove /var/lib/apt/lists/* in the same RUN, or mount a cache there"
        : undefined;
    },
  },
  {
    rule: {
      name: "AptRecommends",
      description: "Packages that are only recommended should not be installed",
    },
    size: true,
    check: (context) =>
      any(
        context,
        (command) => runs(command, apt, /^install$/) && !hasOption(command, "--no-install-recommends"),
      ) && !/install-recommends/i.test(context.script)
        ? "apt-get install without --no-install-recommends installs more than is asked for"
        : undefined,
  },
  {
    rule: { name: "AptUnconfirmed", description: "Nobody can answer what a package manager asks in a build" },
    check: (context) =>
      any(context, (command) => runs(command, apt, /^(install|upgrade|dist-upgrade)$/) && !confirmed(command))
        ? "apt-get asks before it installs, and nobody answers in a build: add -y"
        : undefined,
  },
  {
    rule: { name: "AptUpdateAlone", description: "Package lists should be fetched where they are used" },
    check: (context) =>
      any(context, (command) => runs(command, apt, /^update$/)) &&
      !any(context, (command) => runs(command, apt, /^(install|upgrade|dist-upgrade|build-dep|satisfy)$/))
        ? "apt-get update in a RUN of its own is cached, and later installs use old lists: join it with the install"
        : undefined,
  },
  {
    rule: {
      name: "PackageUpgrade",
      description: "Upgrading all packages makes builds differ from day to day",
    },
    check: (context) => {
      const upgrade = context.commands.find(
        (command) =>
          runs(command, apt, /^(upgrade|dist-upgrade|full-upgrade)$/) ||
          runs(command, /^apk$/, /^upgrade$/) ||
          (runs(command, /^(yum|dnf|microdnf)$/, /^(upgrade|update)$/) && operands(command).length === 1),
      );
      return upgrade === undefined
        ? undefined
        : `'${upgrade.words.slice(0, 2).join(" ")}' makes a build depend on its day: use a newer base image`;
    },
  },
  {
    rule: { name: "ApkCacheKept", description: "Package lists should not be left in a layer" },
    size: true,
    check: (context) =>
      any(
        context,
        (command) =>
          runs(command, /^apk$/) && operands(command).includes("add") && !hasOption(command, "--no-cache"),
      ) &&
      !removes(context, "/var/cache/apk") &&
      !isMounted(context, "/var/cache/apk", "/etc/apk/cache")
        ? "apk add without --no-cache leaves its package lists in the layer"
        : undefined,
  },
  {
    rule: { name: "DnfCacheKept", description: "A package manager's cache should not be left in a layer" },
    size: true,
    check: (context) => {
      const installs = any(context, (command) => runs(command, /^(yum|dnf|microdnf)$/, /^install$/));
      const cleans = any(context, (command) => runs(command, /^(yum|dnf|microdnf)$/, /^clean$/));
      const gone = cleans || removes(context, "/var/cache") || isMounted(context, "/var/cache");
      return installs && !gone
        ? "dnf's cache stays in the layer: end the RUN with 'dnf clean all'"
        : undefined;
    },
  },
  {
    rule: { name: "PipCacheKept", description: "A package manager's cache should not be left in a layer" },
    size: true,
    check: (context) =>
      any(context, (command) => installsWithPip(command) && !hasOption(command, "--no-cache-dir")) &&
      !isSet(context, "PIP_NO_CACHE_DIR") &&
      !/\.cache|pip cache purge/.test(context.run.mounts.join(" ") + context.script)
        ? "pip's cache stays in the layer: add --no-cache-dir, or mount a cache at /root/.cache/pip"
        : undefined,
  },
  {
    rule: { name: "NpmCacheKept", description: "A package manager's cache should not be left in a layer" },
    size: true,
    check: (context) =>
      any(context, (command) => runs(command, /^npm$/, /^(install|i|ci|add)$/)) &&
      !/npm cache clean|\.npm|--cache/.test(context.run.mounts.join(" ") + context.script) &&
      !isSet(context, "npm_config_cache")
        ? "npm's cache stays in the layer: mount a cache at /root/.npm, or end the RUN with 'npm cache clean --force'"
        : undefined,
  },
];

function confirmed(command: ShellCommand): boolean {
  return (
    hasOption(command, "--yes", "--assume-yes", "--dry-run", "--simulate") ||
    command.words.some((word) => /^-[a-z]*(y|qq|s)/.test(word))
  );
}

function installsWithPip(command: ShellCommand): boolean {
  if (runs(command, /^pip[\d.]*$/, /^install$/)) return true;
  return runs(command, /^python[\d.]*$/) && /-m pip install/.test(command.words.join(" "));
}
