import { describe, expect, test } from "bun:test";
import { type Escape, Lexer, type LexerOptions, variablesOf } from "./index.ts";

const variables = variablesOf(
  new Map([
    ["PWD", "/home"],
    ["SHELL", "bash"],
    ["EMPTY", ""],
    ["KOREAN", "한국어"],
    ["space", "abc  def"],
    ["leading", "  ab c"],
    ["path", "/usr/lib/x.tar.gz"],
    ["foo", "foobarbaz"],
    ["star", "a*b*c"],
    ["slashes", "a/b/c"],
    ["brace", "a}b"],
    ["regexp", "a.b+c(d)[e]"],
  ]),
);

const expand = (word: string, token: Escape = "\\", options: LexerOptions = {}) =>
  new Lexer(token, options).expand(word, variables).text;

/** From the Dockerfile reference ("Environment replacement") and POSIX, XCU 2.2 and 2.6.2. */
const table: [string, string][] = [
  ["hello", "hello"],
  ["he'll'o", "hello"],
  ["he\\'llo", "he'llo"],
  ["abc\\tdef", "abctdef"],
  ['"abc\\tdef"', "abc\\tdef"],
  ['"abc\\\\tdef"', "abc\\tdef"],
  ["'abc\\tdef'", "abc\\tdef"],
  ["hello\\", "hello"],
  ["hello\\\\", "hello\\"],
  ['"hel\'lo"', "hel'lo"],
  ["'hello\\\\there'", "hello\\\\there"],
  ["\"''\"", "''"],
  ["a b  c", "a b  c"],
  ["$.", "$."],
  ["$", "$"],
  ["he$1x", "hex"],
  ["$12x", "x"],
  ["he$PWD.", "he/home."],
  ["he$PWDS.", "he."],
  ["he\\$PWD", "he$PWD"],
  ["he\\\\$PWD", "he\\/home"],
  ['"he\\$PWD"', "he$PWD"],
  ["'$PWD'", "$PWD"],
  ["\"he'$PWD'\"", "he'/home'"],
  ["\\${}x", "${}x"],
  ["${PWD}xx", "/homexx"],
  ["${none}xx", "xx"],
  ["$@@@", "@@"],
  ["$?x", "x"],
  ["${#}", ""],
  ["$KOREAN녕", ""],
  ["${KOREAN}녕", "한국어녕"],
  ["안녕\\t", "안녕t"],
  ["${none:-000}x", "000x"],
  ["${none-000}x", "000x"],
  ["${EMPTY:-000}x", "000x"],
  ["${EMPTY-000}x", "x"],
  ["${PWD:-000}x", "/homex"],
  ["${none:-$PWD}x", "/homex"],
  ["${none:-${other:-yyy}}x", "yyyx"],
  ["${none:-'}'}", "}"],
  ["${none:-\\}z}", "}z"],
  ["${none:-\\${PWD}z}x", "${PWDz}x"],
  ["${none:-bbb}}", "bbb}"],
  ["${PWD:+000}x", "000x"],
  ["${PWD+000}x", "000x"],
  ["${EMPTY:+000}x", "x"],
  ["${EMPTY+000}x", "000x"],
  ["${none+000}x", "x"],
  ["${PWD:+${PWD}:}x", "/home:x"],
  ["${PWD?}", "/home"],
  ["${EMPTY?gone}", ""],
  ["${path#*/}", "usr/lib/x.tar.gz"],
  ["${path##*/}", "x.tar.gz"],
  ["${path%.*}", "/usr/lib/x.tar"],
  ["${path%%.*}", "/usr/lib/x"],
  ["${path#nothing}", "/usr/lib/x.tar.gz"],
  ["${path%?z}", "/usr/lib/x.tar."],
  ["${foo#foo}", "barbaz"],
  ["${foo##*ba}", "z"],
  ["${foo%ba*}", "foobar"],
  ["${foo%%ba*}", "foo"],
  ["${star#a\\*}", "b*c"],
  ["${star%\\*?}", "a*b"],
  ["${brace#*\\}}", "b"],
  ["${foo/ba/fo}", "fooforbaz"],
  ["${foo//ba/fo}", "fooforfoz"],
  ["${foo/b*/X}", "fooX"],
  ["${foo//a?/-}", "foob-b-"],
  ["${foo/nothing/X}", "foobarbaz"],
  ["${slashes//\\//-}", "a-b-c"],
  ["${slashes/\\//}", "ab/c"],
  ["${foo//*/X}", "X"],
  ["${foo///-}", "-f-o-o-b-a-r-b-a-z-"],
  ["${EMPTY//*/X}", "X"],
  ["${foo##*o*a*r*}", ""],
  ["${foo#*o*a}", "rbaz"],
  ["${foo%a*b*}", "foob"],
  ["${regexp/.b/X}", "aX+c(d)[e]"],
  ["${regexp/(d)/$PWD}", "a.b+c/home[e]"],
  ["${regexp//b+/[X]}", "a.[X]c(d)[e]"],
];

describe("a word", () => {
  for (const [word, expected] of table)
    test(word, () => {
      expect(expand(word)).toBe(expected);
    });
});

describe("a word with ` as escape token", () => {
  const backtick: [string, string][] = [
    ["C:\\dir\\$SHELL", "C:\\dir\\bash"],
    ["`$SHELL", "$SHELL"],
    ['"a`"b`$"', 'a"b$'],
    ["a``b", "a`b"],
    ["\\'a'", "\\a"],
  ];
  for (const [word, expected] of backtick)
    test(word, () => {
      expect(expand(word, "`")).toBe(expected);
    });
});

/** Each: a word, and what is wrong with it. */
const errors: [string, string][] = [
  ["he'llo", "unexpected end of statement while looking for matching single-quote"],
  ['"hello\\"', "unexpected end of statement while looking for matching double-quote"],
  ["${}", "syntax error: bad substitution"],
  ["${{a}", "syntax error: bad substitution"],
  ["${:-b}", "syntax error: bad substitution"],
  ["${", "syntax error: missing '}'"],
  ["${PWD:-bbb", "syntax error: missing '}'"],
  ["${none:-bbb ${foo}", "syntax error: missing '}'"],
  ["${PWD:=000}", "unsupported modifier (:=) in substitution"],
  ["${PWD:x}", "unsupported modifier (:x) in substitution"],
  ["${PWD:#x}", "unsupported modifier (:#) in substitution"],
  ["${.}", "unsupported modifier (.) in substitution"],
  ["${none?}", "none: is not allowed to be unset"],
  ["${none:?}", "none: is not allowed to be unset"],
  ["${EMPTY:?}", "EMPTY: is not allowed to be empty"],
  ["${none:?give one}", "none: give one"],
  ["${foo/ba", "syntax error: missing '/' in ${}"],
  ["${foo/ba/x", "syntax error: missing '}'"],
  ["${foo#\\q}", "invalid pattern (\\q) in substitution: invalid escape '\\q'"],
];

describe("a word that cannot be expanded", () => {
  for (const [word, message] of errors)
    test(word, () => {
      expect(() => expand(word)).toThrow(message);
    });

  test("is named in the message", () => {
    expect(() => expand("${")).toThrow('failed to process "${": ');
  });
});

describe("words", () => {
  const split: [string, string[]][] = [
    ["a${none}b", ["ab"]],
    ["a${space}b", ["aabc", "defb"]],
    ['a"${space}"b', ["aabc  defb"]],
    ['a "${space}"b', ["a", "abc  defb"]],
    ["a${leading}b", ["a", "ab", "cb"]],
    ["a b", ["a", "b"]],
    ["a\\ b", ["a b"]],
    ['a\\" b', ['a"', "b"]],
    ['a" b "', ["a b "]],
    ["x<< EOF y", ["x<< EOF", "y"]],
    ["a < b", ["a", "<", "b"]],
    ["a${none:-b}", ["ab"]],
    ["  ", []],
  ];
  for (const [source, expected] of split)
    test(source, () => {
      expect(new Lexer("\\").words(source, variables)).toEqual(expected);
    });
});

describe("options", () => {
  test("quotes and what is not set stay for the shell", () => {
    const options = { keepQuotes: true, keepUnset: true };
    expect(expand("echo \"$PWD\" '$PWD' $none ${none:-x} ${none/a/b}", "\\", options)).toBe(
      "echo \"/home\" '$PWD' $none ${none:-x} ${none/a/b}",
    );
  });

  test("quotes are characters in documents", () => {
    expect(expand('it\'s "$PWD" \\$PWD', "\\", { ignoreQuotes: true })).toBe('it\'s "/home" $PWD');
  });

  test("names are told apart by whether they are set", () => {
    const { matched, unmatched } = new Lexer("\\").expand("$PWD ${none:-$EMPTY} '$foo'", variables);
    expect([[...matched], [...unmatched]]).toEqual([["PWD", "EMPTY"], ["none"]]);
  });
});

test("no pattern takes long", () => {
  const long = variablesOf(new Map([["v", "a".repeat(5_000)]]));
  const pattern = "*a".repeat(40);
  const { text } = new Lexer("\\").expand(`\${v##${pattern}b}\${v%${pattern}b*}`, long);
  expect(text).toHaveLength(10_000);
});

test("what variables make of a word has bounds, in length and in time", () => {
  const big = variablesOf(new Map([["v", "a".repeat(200_000)]]));
  const long = "variables make it longer than 1048576 characters";
  const fails = (word: string, message: string) =>
    expect(() => new Lexer("\\").expand(word, big)).toThrow(message);
  expect(new Lexer("\\").expand("$v$v", big).text).toHaveLength(400_000);
  fails("$v".repeat(6), long);
  fails(`"${"$v".repeat(6)}"`, long);
  fails("${v//a/xxxxxxxxxx}", long);
  fails("${n:-".repeat(20_000), "substitutions are nested too deeply");
  fails("${v//*b/}", "the pattern takes too long to match");
  const lexer = new Lexer("\\");
  expect(() => {
    for (let line = 0; line < 400; line++) lexer.expand("$v", big);
  }).toThrow("variables make the Dockerfile longer than 67108864 characters");
  const document = "x".repeat(2_000_000);
  expect(new Lexer("\\").expand(document, big).text).toBe(document);
});
