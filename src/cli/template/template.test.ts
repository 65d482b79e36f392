import { describe, expect, test } from "bun:test";
import { compileTemplate } from "./index.ts";

const data = { Name: "web", N: 3, List: ["a", "b"], Map: { y: 2, x: 1 }, Empty: [], Nil: null, On: true };

describe("templates", () => {
  test.each([
    ["{{.Name}} {{.N}}", "web 3"],
    ["a {{- .N -}} b", "a3b"],
    ["{{/* note */}}x", "x"],
    ["{{range .List}}[{{.}}]{{end}}", "[a][b]"],
    ["{{range $i, $e := .List}}{{$i}}={{$e}};{{end}}", "0=a;1=b;"],
    ["{{range $k, $v := .Map}}{{$k}}{{$v}}{{end}}", "x1y2"],
    ["{{range .Empty}}x{{else}}none{{end}}", "none"],
    ["{{if and .On (gt .N 2)}}yes{{else}}no{{end}}", "yes"],
    ["{{if eq .Name `db`}}1{{else if eq .Name `web`}}2{{end}}", "2"],
    ["{{with .Map}}{{.x}}{{$.Name}}{{end}}", "1web"],
    ["{{$n := .N}}{{$n = 5}}{{$n}}", "5"],
    ["{{.List}} {{.Map}} {{.Nil}}", "[a b] map[x:1 y:2] <no value>"],
    ["{{json .List}} {{upper .Name}} {{join .List `,`}} {{len .List}}", '["a","b"] WEB a,b 2'],
    ["{{index .Map `x`}} {{index .List 1}} {{slice .Name 1 2}}", "1 b e"],
    ['{{printf "%-5s|%03d|%q|%.1f" .Name .N .Name 1.26}}', 'web  |003|"web"|1.3'],
    ["{{.Name | printf `%s-%s` `x` | upper}}", "X-WEB"],
    ["{{range .List}}{{if eq . `b`}}{{break}}{{end}}{{.}}{{end}}", "a"],
    ["{{truncate .Name 2}}{{pad .Name 1 1}}|{{println .N}}", "we web |3\n"],
  ])("%s", (source, expected) => {
    expect(compileTemplate(source).execute(data)).toBe(expected);
  });

  test.each([
    ["{{.Name", "template parsing error: template: :1: unclosed action"],
    ["{{nosuch}}", 'template parsing error: template: :1: function "nosuch" not defined'],
    ["{{if .N}}", "template parsing error: template: :1: unexpected EOF"],
  ])("%s is refused", (source, message) => {
    expect(() => compileTemplate(source)).toThrow(message);
  });

  test("an unknown field is named with its place", () => {
    expect(() => compileTemplate("{{.Nope}}").execute(data)).toThrow(
      'template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"',
    );
  });
});
