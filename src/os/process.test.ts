import { expect, test } from "bun:test";
import { exists, isDeafTo, openProcess, processStatus, sendSignal, startTicks } from "./process.ts";
import { listProcesses } from "./ps.ts";
import { parseSignal, signalName } from "./signal.ts";

test("tells a process from another one with its id", async () => {
  const child = Bun.spawn(["sleep", "100"]);
  const identity = { pid: child.pid, startTicks: startTicks(child.pid) ?? 0 };
  expect(exists(identity)).toBe(true);
  expect(sendSignal({ ...identity, startTicks: identity.startTicks - 1 }, 9)).toBe(false);
  expect(sendSignal(identity, 34)).toBe(true);
  await child.exited;
  expect(sendSignal(identity, 9)).toBe(false);
  expect(openProcess(identity)).toBeUndefined();
  expect(processStatus(child.pid)).toBeUndefined();
});

test("knows who parents whom and which signals change nothing", async () => {
  const child = Bun.spawn(["sh", "-c", "trap : TERM; trap '' HUP; echo ready; while :; do sleep 1; done"], {
    stdout: "pipe",
  });
  try {
    await child.stdout.getReader().read();
    expect(processStatus(child.pid)).toMatchObject({
      name: "sh",
      parent: process.pid,
      uid: process.getuid?.(),
    });
    // While a shell starts a program, it holds all signals back for a moment.
    const deadline = Date.now() + 5000;
    let deaf = isDeafTo(child.pid, 1);
    while (!deaf && Date.now() < deadline) {
      await Bun.sleep(1);
      deaf = isDeafTo(child.pid, 1);
    }
    expect(deaf).toBe(true);
    expect(isDeafTo(child.pid, 15)).toBe(false);
    // Not handled, but this is no namespace's first process: the default action ends it.
    expect(isDeafTo(child.pid, 12)).toBe(false);
    expect(isDeafTo(child.pid, 9)).toBe(false);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
});

test.each([
  ["SIGTERM", 15],
  ["term", 15],
  ["9", 9],
  ["RTMIN+3", 37],
  ["SIGRTMAX-1", 63],
  ["cld", 17],
])("parses the signal %s", (text, number) => {
  expect(parseSignal(text)).toBe(number);
});

test.each(["foo", "", "0", "65", "-1", "RTMIN+99", "SIGSIGTERM"])("refuses the signal %p", (text) => {
  expect(() => parseSignal(text)).toThrow(`invalid signal: ${text}`);
});

test("names signals", () => {
  expect(signalName(9)).toBe("SIGKILL");
  expect(signalName(36)).toBe("36");
});

test("lists processes with any options of ps", async () => {
  const all = await listProcesses([process.pid], "-ef");
  expect(all.titles).toContain("PID");
  expect(all.processes).toHaveLength(1);
  const chosen = await listProcesses([process.pid], "-o pid,comm");
  expect(chosen).toEqual({
    titles: ["PID", "COMMAND"],
    processes: [[String(process.pid), expect.any(String)]],
  });
  const aux = await listProcesses([process.pid], "aux");
  expect(aux.processes).toHaveLength(1);
});

test("refuses options of ps that hide or fake the process id", async () => {
  expect(listProcesses([process.pid], "-o comm")).rejects.toThrow("Couldn't find PID field");
  expect(listProcesses([process.pid], "-o user=PID")).rejects.toThrow('specifying "user=PID" is not allowed');
  expect(listProcesses([process.pid], "--nonsense")).rejects.toThrow("ps: ");
});
