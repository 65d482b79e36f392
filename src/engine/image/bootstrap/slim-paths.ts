/*
 * What Debian's own slim images lack, and what of that they keep: debuerreotype, scripts/.slimify-excludes and
 * scripts/.slimify-includes.
 */
const excludes = [
  "/usr/share/doc/*",
  "/usr/share/doc/kde/HTML/*/*",
  "/usr/share/gnome/help/*/*",
  "/usr/share/info/*",
  "/usr/share/linda/*",
  "/usr/share/lintian/overrides/*",
  "/usr/share/locale/*",
  "/usr/share/man/*",
  "/usr/share/omf/*/*-*.emf",
];
const includes = [
  "/usr/share/doc/*/copyright",
  "/usr/share/doc/kde/HTML/C/*",
  "/usr/share/gnome/help/*/C/*",
  "/usr/share/locale/all_languages",
  "/usr/share/locale/currency/*",
  "/usr/share/locale/l10n/*",
  "/usr/share/locale/languages",
  "/usr/share/locale/locale.alias",
  "/usr/share/omf/*/*-C.emf",
];

/** Where all of that is. */
export const places = ["doc", "gnome/help", "info", "linda", "lintian/overrides", "locale", "man", "omf"].map(
  (name) => `/usr/share/${name}`,
);

/** What dpkg.cfg(5) is to hold so that packages that come later are slim, too. */
export function dpkgRules(): string {
  const lines = [
    "# This image is slim: what containers rarely need is left out of packages.",
    ...excludes.map((path) => `path-exclude ${path}`),
    ...includes.map((path) => `path-include ${path}`),
  ];
  return `${lines.join("\n")}\n`;
}

const excluded = excludes.map(pattern);
const included = includes.map(pattern);

/** As dpkg matches: `*` stands for slashes, too. */
function pattern(glob: string): RegExp {
  return new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", ".*")}$`, "s");
}

/** Whether a file has no place in a slim image. */
export const isExcluded = (path: string): boolean => matches(excluded, path) && !matches(included, path);

const matches = (patterns: readonly RegExp[], path: string) => patterns.some((each) => each.test(path));
