import { type Node, type Source, syntaxError } from "../parser/index.ts";
import { didYouMean } from "../suggest.ts";
import { readCmd, readHealthcheck, readRun, readShell } from "./command-line.ts";
import { Misuse } from "./misuse.ts";
import type { Arg, Command, Dockerfile, From, Instruction, Stage, Written } from "./model.ts";
import { readArg, readFrom, readOnbuild, readPairs, readSingle, readWords } from "./simple.ts";
import { readAdd, readCopy } from "./transfer.ts";

const readers: Readonly<Record<string, (written: Written) => Instruction>> = {
  add: readAdd,
  arg: readArg,
  cmd: (written) => readCmd(written, "cmd"),
  copy: readCopy,
  entrypoint: (written) => readCmd(written, "entrypoint"),
  env: (written) => readPairs(written, "env"),
  expose: (written) => readWords(written, "expose"),
  from: readFrom,
  healthcheck: readHealthcheck,
  label: (written) => readPairs(written, "label"),
  maintainer: (written) => readSingle(written, "maintainer"),
  onbuild: readOnbuild,
  run: readRun,
  shell: readShell,
  stopsignal: (written) => readSingle(written, "stopsignal"),
  user: (written) => readSingle(written, "user"),
  volume: (written) => readWords(written, "volume"),
  workdir: (written) => readSingle(written, "workdir"),
};

/** What an instruction means. Throws DockerfileError in BuildKit's words, with the place of what is wrong. */
export function readInstruction(node: Node, source: Source): Instruction {
  const name = node.keyword.toLowerCase();
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
  try {
    if (reader !== undefined) return reader({ node, code: node.text.trim() });
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    throw syntaxError(error.message, source, rangeOf(node, error.at));
  }
  const known = Object.keys(readers).map((keyword) => keyword.toUpperCase());
  const message = `unknown instruction: ${node.keyword}${didYouMean(node.keyword, known, false)}`;
  throw syntaxError(message, source, rangeOf(node, { text: node.keyword, offset: 0 }));
}

function rangeOf(node: Node, word: { text: string; offset: number } | undefined): Node["range"] {
  if (word === undefined) return node.range;
  const last = node.locate(word.offset + Math.max(0, word.text.length - 1));
  return {
    start: node.locate(word.offset),
    end: { line: last.line, character: last.character + 1 },
  };
}

/** Groups instructions into stages. */
export function readStages(nodes: readonly Node[], source: Source): Dockerfile {
  const globals: Arg[] = [];
  const stages: (Stage & { commands: Command[] })[] = [];
  for (const node of nodes) {
    const instruction = readInstruction(node, source);
    const stage = stages.at(-1);
    if (instruction.kind === "from") stages.push(newStage(instruction, stages.length));
    else if (stage !== undefined) stage.commands.push(instruction);
    else if (instruction.kind === "arg") globals.push(instruction);
    else throw syntaxError("no build stage in current context", source, node.range);
  }
  if (stages.length === 0)
    throw syntaxError("dockerfile contains no stages to build", source, nodes.at(-1)!.range);
  return { stages, globals };
}

function newStage(from: From, index: number): Stage & { commands: Command[] } {
  return { from, index, commands: [] };
}
