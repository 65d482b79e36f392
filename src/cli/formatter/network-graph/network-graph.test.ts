import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { dotGraph } from "./dot.ts";
import { reach } from "./reach.ts";
import { selectNetworks } from "./select.ts";
import { fancyGraph } from "./style.ts";
import { svgGraph } from "./svg/index.ts";
import { awkward, nothing, shop } from "./testing/graphs.ts";
import { textGraph } from "./text.ts";

const golden = (name: string) => Bun.file(join(import.meta.dir, "testing", "golden", name)).text();
const names = (list: readonly { Name: string }[]) => list.map(({ Name }) => Name);

/** How often something stands in a text. */
const count = (text: string, part: string) => text.split(part).length - 1;

describe("the shop is drawn", () => {
  test("for a terminal", async () => {
    expect(textGraph(shop)).toBe(await golden("shop.txt"));
  });

  test("for Graphviz", async () => {
    expect(dotGraph(shop)).toBe(await golden("shop.dot"));
  });

  test("as a picture", async () => {
    expect(svgGraph(shop)).toBe(await golden("shop.svg"));
  });
});

test("styles change no column", () => {
  expect(Bun.stripANSI(textGraph(shop, fancyGraph))).toBe(textGraph(shop));
  expect(textGraph(shop, fancyGraph)).toContain("\x1b[33m0.0.0.0:8080 → 80/tcp");
});

test("boxes are straight, whatever is in them", () => {
  const [box = ""] = textGraph(awkward).split("\n\n");
  expect(new Set(box.split("\n").map((line) => Bun.stringWidth(line))).size).toBe(1);
  expect(textGraph(awkward)).toContain('名前-8<&", 3 more, outside');
});

test("names cannot leave the place they are put", () => {
  expect(dotGraph(awkward)).toContain('[label="a\\"<b>&c\\nbridge\\n10.0.0.0/24');
  const svg = svgGraph(awkward);
  expect(svg).toContain(">a&quot;&lt;b&gt;&amp;c</text>");
  expect(svg).not.toContain("<b>");
  expect(count(svg, 'class="card container"')).toBe(12);
});

test("nothing is drawn as nothing", () => {
  expect(textGraph(nothing)).toBe("nothing to draw\n");
  expect(dotGraph(nothing)).toEndWith('color="#71717a"];\n}\n');
  expect(svgGraph(nothing)).toContain("nothing to draw</text>");
});

test("cards of a column do not lie over each other", () => {
  const rects = [
    ...svgGraph(shop).matchAll(/class="card [^"]+" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g),
  ];
  const columns = Map.groupBy(rects, ([, x]) => x);
  expect(columns.size).toBe(4);
  for (const column of columns.values()) {
    const spans = column.map(([, , y, , height]) => [Number(y), Number(y) + Number(height)] as const);
    spans.sort(([a], [b]) => a - b);
    for (const [index, [top]] of spans.entries())
      if (index > 0) expect(top).toBeGreaterThan(spans[index - 1]![1]);
  }
});

describe("who reaches whom", () => {
  const of = (name: string) => reach(shop).find(({ container }) => container.Name === name);

  test("peers are on networks whose containers may talk, and run", () => {
    expect(names(of("web")!.peers)).toEqual(["mail", "db"]);
    expect(names(of("db")!.peers)).toEqual(["web"]);
    expect(names(of("scratch")!.peers)).toEqual([]);
  });

  test("outside is reached by a network that leads there", () => {
    expect(of("web")!.outside).toBe(true);
    expect(of("db")!.outside).toBe(false);
  });

  test("ports are of other machines or of this host", () => {
    expect(of("web")!.external.map(({ HostIp }) => HostIp)).toEqual(["0.0.0.0", "::"]);
    expect(of("web")!.local.map(({ HostIp }) => HostIp)).toEqual(["127.0.0.1"]);
  });

  test("who is stopped, or has no network, is not told of", () => {
    expect(names(reach(shop).map(({ container }) => container))).toEqual(["web", "mail", "db", "scratch"]);
  });
});

describe("a part of the graph", () => {
  test("has the networks asked for, their containers and who shares with these", () => {
    const part = selectNetworks(shop, ["front"]);
    expect(names(part.Networks)).toEqual(["front"]);
    expect(names(part.Containers)).toEqual(["web", "mail", "sidecar"]);
    expect(part.Containers[0]!.Endpoints).toHaveLength(1);
  });

  test("is asked for by the beginning of an id too, and by host", () => {
    const back = shop.Networks.find(({ Name }) => Name === "back")!;
    expect(names(selectNetworks(shop, [back.Id.slice(0, 12)]).Networks)).toEqual(["back"]);
    expect(names(selectNetworks(shop, ["host"]).Containers)).toEqual(["exporter"]);
  });

  test("of an unknown network is refused", () => {
    expect(() => selectNetworks(shop, ["nonesuch"])).toThrow("network nonesuch not found");
  });
});
