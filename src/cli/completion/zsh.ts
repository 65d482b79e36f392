import { namesCommand, type Word } from "./vocabulary.ts";

/** Text within single quotes of an _arguments or _describe specification. */
const quoted = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");

/** A script for zsh. */
export function zshScript(program: string, words: readonly Word[]): string {
  const describe = (list: readonly Word[], skip: number) =>
    list.map(({ name, summary }) => `'${name.slice(skip)}:${quoted(summary)}'`).join(" ");
  const first = words.filter(({ name }) => !name.includes(" "));
  const groups = [...new Set(words.flatMap(({ name }) => (name.includes(" ") ? [name.split(" ")[0]!] : [])))];
  const verbs = groups.map((group) => {
    const list = words.filter(({ name }) => name.startsWith(`${group} `));
    return `    ${group}) verbs=(${describe(list, group.length + 1)}) ;;`;
  });
  const cases = words
    .filter(({ name }) => !groups.includes(name))
    .map(({ name, flags, objects }) => {
      const options = flags.map(
        (flag) => `'*--${flag.name}[${quoted(flag.description)}]${flag.takesValue ? ":value:_files" : ""}'`,
      );
      const rest = objects === undefined ? "'*:file:_files'" : `'*:${objects}:_${program}_${objects}'`;
      return `    '${name}') _arguments ${[...options, "'--help[Print usage]'", rest].join(" ")} ;;`;
    });
  const names = (["containers", "images", "networks", "volumes"] as const).map(
    (objects) => `_${program}_${objects}() { compadd -- \${(f)"$(${namesCommand(program, objects)})"} }`,
  );
  return `#compdef ${program}
${names.join("\n")}
_${program}() {
  local -a verbs
  local name=$words[2]
  if ((CURRENT == 2)); then
    local -a commands=(${describe(first, 0)})
    _describe command commands
    return
  fi
  case $name in
${verbs.join("\n")}
  esac
  if (($#verbs)); then
    if ((CURRENT == 3)); then
      _describe command verbs
      return
    fi
    name="$name $words[3]"
    shift words
    ((CURRENT--))
  fi
  shift words
  ((CURRENT--))
  case $name in
${cases.join("\n")}
  esac
}
compdef _${program} ${program}
`;
}
