import type { Pair } from "../parser/index.ts";
import { quote } from "../quote.ts";
import { readFlags } from "./flags.ts";
import { Misuse } from "./misuse.ts";
import type { Arg, Env, From, Onbuild, Single, Words, Written } from "./model.ts";

export function readFrom(written: Written): From {
  const { node } = written;
  const [base, as, name] = node.args;
  const named = node.args.length === 3 && as?.text.toLowerCase() === "as";
  if (base === undefined || (node.args.length !== 1 && !named))
    throw new Misuse("FROM requires either one or three arguments");
  if (name !== undefined && !/^[a-z][a-z0-9\-_.]*$/.test(name.text.toLowerCase())) {
    const why = "name can't start with a number or contain symbols";
    throw new Misuse(`invalid name for build stage: ${quote(name.text)}, ${why}`, name);
  }
  const platform = readFlags(node.flags, { platform: "string" }).string("platform");
  return { ...written, kind: "from", base: base.text, name: name?.text.toLowerCase() ?? "", platform };
}

export function readPairs(written: Written, kind: Env["kind"]): Env {
  const { node } = written;
  readFlags(node.flags, {});
  if (node.pairs.length === 0) throw new Misuse(`${kind.toUpperCase()} requires at least one argument`);
  const blank: Pair | undefined = node.pairs.find(({ key }) => key === "");
  if (blank !== undefined)
    throw new Misuse(`${kind.toUpperCase()} names can not be blank`, { text: "=", offset: blank.offset });
  return { ...written, kind, pairs: node.pairs };
}

export function readSingle(written: Written, kind: Single["kind"]): Single {
  const { node } = written;
  if (node.args.length !== 1) throw new Misuse(`${kind.toUpperCase()} requires exactly one argument`);
  readFlags(node.flags, {});
  return { ...written, kind, text: node.args[0]!.text };
}

/** Ports are sorted, as Docker does. */
export function readWords(written: Written, kind: Words["kind"]): Words {
  const { node } = written;
  if (node.args.length === 0) throw new Misuse(`${kind.toUpperCase()} requires at least one argument`);
  readFlags(node.flags, {});
  const words = node.args.map(({ text }) => (kind === "volume" ? text.trim() : text));
  if (kind === "volume" && words.includes(""))
    throw new Misuse("VOLUME specified can not be an empty string");
  return { ...written, kind, words: kind === "expose" ? words.sort() : words };
}

export function readArg(written: Written): Arg {
  const { node } = written;
  if (node.args.length === 0) throw new Misuse("ARG requires at least one argument");
  const definitions = node.args.map((word) => {
    const equals = word.text.indexOf("=");
    if (equals === 0) throw new Misuse("ARG names can not be blank", word);
    return equals < 0
      ? { key: word.text, value: undefined }
      : { key: word.text.slice(0, equals), value: word.text.slice(equals + 1) };
  });
  return { ...written, kind: "arg", definitions };
}

export function readOnbuild(written: Written): Onbuild {
  const { trigger, flags, heredocs } = written.node;
  readFlags(flags, {});
  if (trigger === undefined) throw new Misuse("ONBUILD requires at least one argument");
  const keyword = trigger.keyword.toUpperCase();
  if (keyword === "ONBUILD") throw new Misuse("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (keyword === "MAINTAINER" || keyword === "FROM")
    throw new Misuse(`${keyword} isn't allowed as an ONBUILD trigger`);
  const documents = heredocs.map(({ content, name }) => `\n${content}${name}`);
  return { ...written, kind: "onbuild", trigger: trigger.text + documents.join("") };
}
