import type { Healthcheck } from "../../../oci/image.ts";
import type { Heredoc, Node, Pair } from "../parser/index.ts";

/** What every instruction has: how it is written. */
export interface Written {
  readonly node: Node;
  /** In one line, without heredocs. */
  readonly code: string;
}

/** A command in JSON is run as it is (`exec` form), any other by the shell. */
export interface CommandLine {
  /** Of the shell form: one text, or none. */
  readonly args: readonly string[];
  readonly shell: boolean;
  readonly heredocs: readonly Heredoc[];
}

/** What COPY and ADD put somewhere. */
export interface Transfer {
  readonly sources: readonly string[];
  readonly documents: readonly Document[];
  readonly destination: string;
  readonly chown: string;
  readonly chmod: string;
  readonly link: boolean;
  readonly exclude: readonly string[];
}

/** A heredoc that becomes a file. */
export interface Document {
  readonly name: string;
  readonly content: string;
  readonly expand: boolean;
}

export interface ArgDefinition {
  readonly key: string;
  /** Undefined without `=`. */
  readonly value: string | undefined;
}

export interface From extends Written {
  readonly kind: "from";
  readonly base: string;
  /** In lower case; empty when it has none. */
  readonly name: string;
  /** Empty when there is none. */
  readonly platform: string;
}

export interface Env extends Written {
  readonly kind: "env" | "label";
  readonly pairs: readonly Pair[];
}

export interface Add extends Written, Transfer {
  readonly kind: "add";
  readonly keepGitDirectory: boolean | undefined;
  readonly unpack: boolean | undefined;
  readonly checksum: string;
}

export interface Copy extends Written, Transfer {
  readonly kind: "copy";
  /** Empty: the build context. */
  readonly from: string;
  readonly parents: boolean;
}

export interface Run extends Written, CommandLine {
  readonly kind: "run";
  /** As they are written, for variables may be in them; `parseMount` reads them. */
  readonly mounts: readonly string[];
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
}

export interface Cmd extends Written, CommandLine {
  readonly kind: "cmd" | "entrypoint";
}

export interface HealthcheckInstruction extends Written {
  readonly kind: "healthcheck";
  readonly check: Healthcheck;
}

/** `EXPOSE` and `VOLUME`. */
export interface Words extends Written {
  readonly kind: "expose" | "volume";
  readonly words: readonly string[];
}

/** What takes one text. */
export interface Single extends Written {
  readonly kind: "maintainer" | "stopsignal" | "user" | "workdir";
  readonly text: string;
}

export interface Arg extends Written {
  readonly kind: "arg";
  readonly definitions: readonly ArgDefinition[];
}

export interface Shell extends Written {
  readonly kind: "shell";
  readonly shell: readonly string[];
}

export interface Onbuild extends Written {
  readonly kind: "onbuild";
  /** An instruction, heredocs included, for builds on this image. */
  readonly trigger: string;
}

export type Command =
  | Env
  | Add
  | Copy
  | Run
  | Cmd
  | HealthcheckInstruction
  | Words
  | Single
  | Arg
  | Shell
  | Onbuild;

export type Instruction = From | Command;

/** `FROM` and what follows it up to the next one. */
export interface Stage {
  readonly from: From;
  readonly index: number;
  readonly commands: readonly Command[];
}

export interface Dockerfile {
  readonly stages: readonly Stage[];
  /** `ARG` before the first `FROM`. */
  readonly globals: readonly Arg[];
}
