import { flagObjects, namesCommand, type Word, type WordFlag, wordsBelow } from "./vocabulary.ts";

/** Text within single quotes of an _arguments or _describe specification. */
const quoted = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");

/** A script for zsh. */
export function zshScript(program: string, words: readonly Word[]): string {
  const describe = (list: readonly Word[]) =>
    list.map(({ name, summary }) => `'${name}:${quoted(summary)}'`).join(" ");
  const valueSpec = ({ name, takesValue }: WordFlag) => {
    const kind = flagObjects[name];
    if (!takesValue) return "";
    return kind === undefined ? ":value:_files" : `:${kind}:_${program}_${kind}`;
  };
  const first = words.filter(({ name }) => !name.includes(" "));
  const below = wordsBelow(words, "commands");
  const verbs = [...wordsBelow(words, "groups")].map(
    ([group, list]) => `    ${group}) verbs=(${describe(list)}) ;;`,
  );
  const nested = [...below].flatMap(([parent, list]) => list.map(({ name }) => `'${parent} ${name}'`));
  const cases = words
    .filter(({ isGroup }) => !isGroup)
    .map(({ name, flags, objects }) => {
      const options = flags.map((flag) => `'*--${flag.name}[${quoted(flag.description)}]${valueSpec(flag)}'`);
      const offered = (below.get(name) ?? []).map((word) => word.name);
      const sources = objects.map((kind) => `_${program}_${kind}`);
      if (offered.length > 0) sources.unshift(`compadd -- ${offered.join(" ")}`);
      const rest =
        sources.length === 0 ? "'*:file:_files'" : `'*:${objects.join(" or ")}:{ ${sources.join("; ")} }'`;
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
    local -a commands=(${describe(first)})
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
  case "$name $words[2]" in
    ${nested.join("|")}) if ((CURRENT > 2)); then name="$name $words[2]"; shift words; ((CURRENT--)); fi ;;
  esac
  case $name in
${cases.join("\n")}
  esac
}
compdef _${program} ${program}
`;
}
