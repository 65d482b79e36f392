import { flagObjects, namesCommand, type Word, wordsBelow } from "./vocabulary.ts";

/** A script for bash: the words of the command line so far choose what is offered. */
export function bashScript(program: string, words: readonly Word[]): string {
  const cases = words.map(({ name, flags, objects }) => {
    const options = flags.flatMap((flag) => [`--${flag.name}`, ...(flag.short ? [`-${flag.short}`] : [])]);
    return `    "${name}") options="${[...options, "--help"].join(" ")}"; objects="${objects.join(" ")}" ;;`;
  });
  const names = (["containers", "images", "networks", "volumes"] as const).map(
    (objects) => `    ${objects}) ${namesCommand(program, objects)} ;;`,
  );
  const first = words.map(({ name }) => name).filter((name) => !name.includes(" "));
  const list = (kind: "groups" | "commands") =>
    [...wordsBelow(words, kind)].map(
      ([parent, verbs]) => `    "${parent}") echo "${verbs.map(({ name }) => name).join(" ")}" ;;`,
    );
  const values = Object.entries(flagObjects).map(
    ([flag, kind]) => `    --${flag}) options=""; below=""; objects="${kind}" ;;`,
  );
  return `# bash completion for ${program}
_${program}_names() {
  local kind
  for kind in $1; do
  case "$kind" in
${names.join("\n")}
  esac
  done
}
_${program}_verbs() {
  case "$1" in
${list("groups").join("\n")}
  esac
}
_${program}_below() {
  case "$1" in
${list("commands").join("\n")}
  esac
}
_${program}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" name="" options="" objects="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in -H|--host|-c|--context|--config|-l|--log-level) ((at++)) ;; -*) ;; *) break ;; esac
  done
  if ((at >= COMP_CWORD)); then
    COMPREPLY=($(compgen -W "${first.join(" ")}" -- "$current"))
    return
  fi
  name="\${COMP_WORDS[at]}"
  local verbs="$(_${program}_verbs "$name")"
  if [[ -n $verbs ]]; then
    if ((at + 1 >= COMP_CWORD)); then
      COMPREPLY=($(compgen -W "$verbs" -- "$current"))
      return
    fi
    name="$name \${COMP_WORDS[++at]}"
  fi
  local below="$(_${program}_below "$name")"
  if [[ -n $below ]] && ((at + 1 < COMP_CWORD)) && [[ " $below " == *" \${COMP_WORDS[at + 1]} "* ]]; then
    name="$name \${COMP_WORDS[++at]}"
    below=""
  fi
  case "$name" in
${cases.join("\n")}
  esac
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
${values.join("\n")}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ -n $objects ]]; then
    COMPREPLY=($(compgen -W "$below $(_${program}_names "$objects")" -- "$current"))
    [[ \${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _${program} ${program}
`;
}
