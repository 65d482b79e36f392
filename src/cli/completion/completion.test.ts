import { describe, expect, test } from "bun:test";
import { entries, groups } from "../registry.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { vocabulary } from "./vocabulary.ts";
import { zshScript } from "./zsh.ts";

const words = await vocabulary({ entries, groups });

/** What bash offers for the last word of a line, where the engine has one object of each kind. */
async function offered(line: string): Promise<string[]> {
  const script = `${bashScript("slipway", words)}
slipway() { case "$1 $2" in "ps -a") echo web ;; "network ls") echo front ;; "volume ls") echo data ;; esac; }
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_slipway
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const child = Bun.spawn(["bash", "-c", script, "bash", ...line.split(" ")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const text = await child.stdout.text();
  expect(await child.exited).toBe(0);
  return text.split("\n").filter((word) => word !== "");
}

describe("bash offers", () => {
  test.each([
    ["slipway netw", ["network"]],
    ["slipway network con", ["connect"]],
    ["slipway network connect ", ["front", "web"]],
    ["slipway network rm ", ["front"]],
    ["slipway network graph f", ["front"]],
    ["slipway network doctor ", ["web"]],
    ["slipway port ", ["add", "rm", "web"]],
    ["slipway port add ", ["web"]],
    ["slipway container port rm w", ["web"]],
    ["slipway -H unix:///x volume rm ", ["data"]],
    ["slipway run --network ", ["front"]],
    ["slipway create --rm --volumes-from w", ["web"]],
    ["slipway update --publish-", ["--publish-add", "--publish-rm"]],
  ] as const)("after `%s`: %p", async (line, expected) => {
    expect((await offered(line)).sort()).toEqual([...expected]);
  });
});

test("zsh and fish know the verbs below port, and port itself", () => {
  const zsh = zshScript("slipway", words);
  expect(zsh).toContain("'port add') _arguments");
  expect(zsh).toContain("{ compadd -- add rm; _slipway_containers }");
  expect(zsh).toMatch(/'\*--network\[[^']*\]:networks:_slipway_networks'/);
  expect(zsh).not.toMatch(/^ {4}port\) verbs=/m);
  const fish = fishScript("slipway", words);
  expect(fish).toContain(
    "-n '__fish_seen_subcommand_from port; and not __fish_seen_subcommand_from add rm' -a 'add'",
  );
  expect(fish).toMatch(/-n '__fish_seen_subcommand_from network; and not [^']+' -a 'connect'/);
});
