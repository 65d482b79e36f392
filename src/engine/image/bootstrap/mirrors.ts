import { readFile } from "node:fs/promises";
import { notFound } from "../../../errors/index.ts";
import type { ArchiveSettings } from "../../config/archives.ts";
import { type AptSource, hostSources } from "./apt-sources.ts";
import type { Distribution } from "./distributions.ts";
import type { SuiteRecipe } from "./recipe.ts";
import { isServed } from "./served.ts";

/** URLs that end in a slash. */
export interface Mirrors {
  readonly main: string;
  readonly security: string;
}

/** What the image's apt shall know. */
export interface ServedSuite {
  readonly mirror: string;
  readonly suite: string;
}

/** The mirror that was asked for, or is configured, or that the host's apt uses, or the usual one. */
export async function chooseMirrors(
  { distribution, mirror }: SuiteRecipe,
  settings: ArchiveSettings,
): Promise<Mirrors> {
  const main = mirror ?? settings.mirror;
  if (main !== undefined) return { main, security: distribution.securityOf(main) };
  const usual = { main: distribution.mirror, security: distribution.security };
  const { id, codename } = await hostRelease();
  if (id !== distribution.name) return usual;
  return { ...usual, ...hostMirrors(await hostSources(), distribution, codename) };
}

/** The mirrors of the host's own suite. Others may offer a suite of that name; updates tell the distribution's. */
export function hostMirrors(
  sources: readonly AptSource[],
  { name }: Pick<Distribution, "name">,
  codename: string,
): Partial<Mirrors> {
  const offers = (suite: string) => (source: AptSource) =>
    source.suites.includes(suite) && source.components.includes("main");
  const mains = sources.filter(offers(codename));
  const updated = new Set(sources.filter(offers(`${codename}-updates`)).map(({ uri }) => uri));
  const main = mains.find(({ uri }) => updated.has(uri)) ?? mains.find(({ uri }) => uri.includes(name));
  const security = sources.find(offers(`${codename}-security`));
  return { ...(main && { main: main.uri }), ...(security && { security: security.uri }) };
}

/** The suite, and its updates and security fixes where they are served; an error when the suite itself is not. */
export async function servedSuites(
  { distribution, suite }: SuiteRecipe,
  { main, security }: Mirrors,
  signal: AbortSignal,
): Promise<ServedSuite[]> {
  if (!(await isServed(main, suite, signal)))
    throw notFound(`${distribution.title} has no suite "${suite}" at ${main}`);
  const more = [
    { mirror: main, suite: `${suite}-updates` },
    { mirror: security, suite: `${suite}-security` },
  ];
  const served = await Promise.all(more.map((each) => isServed(each.mirror, each.suite, signal)));
  return [{ mirror: main, suite }, ...more.filter((_, index) => served[index])];
}

async function hostRelease(): Promise<{ id: string; codename: string }> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, "m").exec(text)?.[1] ?? "";
  return { id: value("ID"), codename: value("VERSION_CODENAME") };
}
