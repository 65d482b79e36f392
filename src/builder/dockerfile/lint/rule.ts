/** Something that a Dockerfile should have otherwise. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  readonly url?: string;
  /** It is checked only when `experimental=` of the check directive names it. */
  readonly experimental?: boolean;
}

const documentation = "https://docs.docker.com/go/dockerfile/rule/";

/** A rule of BuildKit's, with its page: `StageNameCasing` is explained at `…/stage-name-casing/`. */
export function buildkitRule(
  name: string,
  page: string | undefined,
  description: string,
  experimental = false,
): Rule {
  const url = page === undefined ? {} : { url: `${documentation}${page}/` };
  return { name, description, ...url, ...(experimental ? { experimental } : {}) };
}
