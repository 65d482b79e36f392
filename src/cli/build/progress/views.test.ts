import { describe, expect, test } from "bun:test";
import { BuildLog, openView } from "./index.ts";
import { plainView } from "./plain.ts";
import { rawView } from "./raw.ts";
import { at, output, step, transfer } from "./testing.ts";
import { terminalView } from "./tty.ts";

describe("plain progress", () => {
  const told = (...messages: Parameters<BuildLog["update"]>[0][]) => {
    let text = "";
    const view = plainView(new BuildLog(), (more) => {
      text += more;
    });
    for (const message of messages) view.show(message);
    view.end();
    return text;
  };

  test("tells of each step its lines and how it ended", () => {
    expect(
      told(
        step("first"),
        output("first", "hello\n"),
        step("first", { completed: at(2500) }),
        step("second", { cached: true, completed: at(0) }),
        step("third", { completed: at(100), error: "exit code: 1" }),
        step("fourth", { completed: at(100), error: "context canceled" }),
      ),
    ).toBe(
      "#1 first\n#1 1.500 hello\n#1 DONE 2.5s\n\n#2 second\n#2 CACHED\n\n" +
        "#3 third\n#3 ERROR: exit code: 1\n\n#4 fourth\n#4 CANCELED\n\n",
    );
  });

  test("introduces a step again when another one has spoken in between", () => {
    expect(told(step("a"), step("b"), output("b", "x\n"), output("a", "y\n"), output("a", "z\n"))).toBe(
      "#1 a\n\n#2 b\n#2 1.500 x\n\n#1 a\n#1 1.500 y\n#1 1.500 z\n",
    );
  });

  test("tells of a transfer when it begins and when it ends", () => {
    const moves = [
      transfer("a", "layer", 0),
      transfer("a", "layer", 1_000_000),
      transfer("a", "layer", 2_000_000, 300),
    ];
    const text = told(step("a"), ...moves, ...moves.slice(2));
    expect(text.match(/^#1 layer/gm)?.length).toBe(2);
    expect(text).toContain("#1 layer: 2MB / 2MB 0.3s done\n");
  });
});

describe("progress on a terminal", () => {
  /** What is written, and what it leaves on a terminal of this size that knows the few sequences that are used. */
  function terminal(columns: number, height: number) {
    const rows: string[] = [];
    const state = { columns, height, row: 0, written: "" };
    const write = (text: string) => {
      state.written += text;
      const [moves = "", ...body] = text.split("\r");
      state.row -= Number(/\[(\d+)A/.exec(moves)?.[1] ?? 0);
      const drawn = body.join("\r").split("\n").slice(0, -1);
      for (const line of drawn) rows[state.row++] = Bun.stripANSI(line);
      rows.length = state.row;
    };
    return { rows, state, write, size: () => ({ width: state.columns, height: state.height }) };
  }

  test("is drawn over what was there, each line in one row", () => {
    const { rows, state, write, size } = terminal(40, 10);
    const view = terminalView(new BuildLog(), write, size, false);
    try {
      view.show(step("a step with a name that is too long for this terminal"));
      view.show(
        output("a step with a name that is too long for this terminal", "\x1b[31m日本語\x1b[0m\tx\x07\n"),
      );
      process.emit("SIGWINCH");
      expect(rows).toEqual([
        expect.stringMatching(/^\[\+\] Building \d+\.\ds \(0\/1\)$/),
        expect.stringMatching(/^ => a step with a name that.*… +\d+\.\ds$/),
        " => => # 日本語    x",
      ]);
      expect(rows.every((row) => Bun.stringWidth(row) <= 40)).toBe(true);
      view.show(step("b", { completed: at(1) }));
      process.emit("SIGWINCH");
      expect(rows.length).toBe(4);
    } finally {
      view.end();
    }
    expect(state.written.endsWith("\x1b[?25h")).toBe(true);
  });

  test("shows everything at its end, however small the terminal is", () => {
    const { rows, write, size } = terminal(40, 4);
    const view = terminalView(new BuildLog(), write, size, true);
    for (const name of ["a", "b", "c", "d", "e", "f"]) view.show(step(name, { completed: at(1) }));
    process.emit("SIGWINCH");
    expect(rows.length).toBe(3);
    view.end();
    expect(rows.map((row) => row.trim().slice(0, 4)).slice(-6)).toEqual(
      ["a", "b", "c", "d", "e", "f"].map((n) => `=> ${n}`),
    );
  });
});

test("raw progress is the engine's messages, one line each, and the log of them", () => {
  const log = new BuildLog();
  let text = "";
  const view = rawView(log, (more) => {
    text += more;
  });
  const messages = [
    step("a\nb"),
    output("a\nb", "line 1\nline 2\n"),
    transfer("a\nb", "layer", 1, 20),
    step("a\nb", { completed: at(30), error: "exit code: 1" }),
  ];
  for (const message of messages) view.show(message);
  view.end();
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.map((line) => JSON.parse(line))).toEqual(messages);
  expect(log.tail("sha256:a\nb", 1)).toEqual([expect.stringContaining("line 2")]);
});

test("modes are checked", () => {
  const log = new BuildLog();
  expect(() => openView("loud", log)).toThrow("invalid progress mode loud");
  openView("quiet", log).show(step("seen"));
  expect(log.steps).toMatchObject([{ name: "seen" }]);
});
