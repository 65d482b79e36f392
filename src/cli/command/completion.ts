import { command, exactly } from "../command.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { vocabulary } from "../completion/vocabulary.ts";
import { zshScript } from "../completion/zsh.ts";
import { wrong } from "../local-error.ts";
import { programName } from "../program.ts";
import { print } from "../streams/print.ts";

const scripts: Record<string, typeof bashScript> = { bash: bashScript, zsh: zshScript, fish: fishScript };

export default command({
  usage: "SHELL",
  description:
    "Write a completion script for bash, zsh or fish\n\n" +
    "For example: slipway completion bash > /etc/bash_completion.d/slipway",
  arity: exactly(1),
  flags: {},
  async run({ args: [shell = ""], commands }) {
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script === undefined) throw wrong(`no completion for "${shell}": choose bash, zsh or fish`);
    print(script(programName(), await vocabulary(commands)));
    return 0;
  },
});
