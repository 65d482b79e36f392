import { chompHeredoc, type Node, parseHeredoc } from "../parser/index.ts";
import { type Flags, readFlags } from "./flags.ts";
import { Misuse } from "./misuse.ts";
import type { Add, Copy, Document, Transfer, Written } from "./model.ts";

const common = { chown: "string", chmod: "string", link: "boolean", exclude: "strings" } as const;

export function readAdd(written: Written): Add {
  const { node } = written;
  needTwo(node, "ADD");
  const flags = readFlags(node.flags, {
    ...common,
    "keep-git-dir": "boolean",
    checksum: "string",
    unpack: "boolean",
  });
  return {
    ...written,
    kind: "add",
    ...transfer(node, flags, "ADD"),
    keepGitDirectory: flags.boolean("keep-git-dir"),
    unpack: flags.boolean("unpack"),
    checksum: flags.string("checksum"),
  };
}

export function readCopy(written: Written): Copy {
  const { node } = written;
  needTwo(node, "COPY");
  const flags = readFlags(node.flags, { ...common, from: "string", parents: "boolean" });
  return {
    ...written,
    kind: "copy",
    ...transfer(node, flags, "COPY"),
    from: flags.string("from"),
    parents: flags.boolean("parents") === true,
  };
}

function needTwo({ args }: Node, name: string): void {
  if (args.length >= 2) return;
  const what =
    "requires at least two arguments, but only one was provided. Destination could not be determined";
  throw new Misuse(`${name} ${what}`);
}

function transfer(node: Node, flags: Flags, name: string): Transfer {
  const destination = node.args.at(-1)!;
  if (parseHeredoc(destination.text) !== undefined)
    throw new Misuse(`${name} cannot accept a heredoc as a destination`, destination);
  const sources: string[] = [];
  const documents: Document[] = [];
  for (const { text } of node.args.slice(0, -1)) {
    const document = documentOf(text, node);
    if (document === undefined) sources.push(text);
    else documents.push(document);
  }
  return {
    sources,
    documents,
    destination: destination.text,
    chown: flags.string("chown"),
    chmod: flags.string("chmod"),
    link: flags.boolean("link") === true,
    exclude: flags.strings("exclude"),
  };
}

function documentOf(word: string, node: Node): Document | undefined {
  const announced = parseHeredoc(word);
  if (announced === undefined) return undefined;
  const { name, chomp, expand } = announced;
  const content = node.heredocs.findLast((heredoc) => heredoc.name === name)?.content ?? "";
  return { name, content: chomp ? chompHeredoc(content) : content, expand };
}
