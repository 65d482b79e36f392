import { invalid } from "../../../errors/index.ts";

/** Transports that run no program which a URL names; others are refused. */
const schemes = ["https", "http", "ssh", "git", "file"] as const;
const scpLike = /^(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][\w.-]*:(?!\/\/|:)[^-\s].*$/;

/** A repository to fetch from, checked: nothing in it can be taken for an option, or for a program to run. */
export interface GitRemote {
  /** As git is told it, without credentials. */
  readonly url: string;
  /** `GIT_ALLOW_PROTOCOL`: what it, and its submodules, may be fetched by. */
  readonly protocols: string;
  readonly host: string;
  /** Of the URL itself. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

export function parseRemote(text: string): GitRemote {
  if (/[\0-\x20\x7f]/.test(text) || text.startsWith("-")) throw refused(text);
  const scheme = /^([A-Za-z][\w+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    if (!scpLike.test(text) || text.includes("::")) throw refused(text);
    const host = text.slice(text.indexOf("@") + 1, text.indexOf(":"));
    return { url: text, protocols: withoutFiles, host };
  }
  if (!schemes.some((known) => known === scheme) || !URL.canParse(text)) throw refused(text);
  const url = new URL(text);
  if (url.hostname.startsWith("-") || url.username.startsWith("-") || /^\/*-/.test(url.pathname))
    throw refused(text);
  const protocols = scheme === "file" ? `file:${withoutFiles}` : withoutFiles;
  const credentials = {
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  const isWeb = scheme === "http" || scheme === "https";
  if (isWeb) [url.username, url.password] = ["", ""];
  return {
    url: url.href,
    protocols,
    host: url.host,
    ...(isWeb && (credentials.username || credentials.password) ? { credentials } : {}),
  };
}

/** A submodule of a repository of the web must not lead to files of this host. */
const withoutFiles = "https:http:ssh:git";

/** Names of branches, tags and commits as git-check-ref-format(1) has them. */
export function checkRef(ref: string): string {
  const wrong = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|^[-/.]|\/[/.]|[/.]$|\.lock(\/|$)/.test(ref);
  if (wrong || ref === "") throw invalid(`invalid git reference ${JSON.stringify(ref)}`);
  return ref;
}

export const isCommit = (ref: string): boolean => /^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(ref);

function refused(text: string): Error {
  const known = "https://, ssh://, git://, file:// and user@host:path are known";
  return invalid(`cannot fetch the git repository ${JSON.stringify(shown(text))}: ${known}`);
}

/** Without a password. */
export const shown = (text: string): string => text.replace(/\/\/[^/@]*@/, "//");
