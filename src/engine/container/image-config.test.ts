import { expect, test } from "bun:test";
import { mergeImageConfig, processArguments } from "./image-config.ts";

const image = {
  Env: ["PATH=/bin", "LANG=C"],
  Cmd: ["serve"],
  Entrypoint: ["/entry"],
  Labels: { a: "image", b: "image" },
  WorkingDir: "/srv",
  User: "app",
  ExposedPorts: { "80/tcp": {} },
  Volumes: { "/data": {} },
  StopSignal: "SIGINT",
  Healthcheck: { Test: ["CMD", "true"], Interval: 5, Retries: 2 },
};

test("what the request leaves out comes from the image", () => {
  const merged = mergeImageConfig({ Image: "x" }, image);
  expect(merged).toMatchObject({ ...image, Image: "x" });
  expect(processArguments(merged)).toEqual({ path: "/entry", args: ["serve"] });
});

test("the request wins, maps are united", () => {
  const merged = mergeImageConfig(
    {
      Env: ["LANG=de", "X=1"],
      Labels: { a: "mine" },
      User: "root",
      ExposedPorts: { "53/udp": {} },
      Volumes: { "/more": {} },
      Healthcheck: { Interval: 9 },
    },
    image,
  );
  expect(merged.Env).toEqual(["LANG=de", "X=1", "PATH=/bin"]);
  expect(merged.Labels).toEqual({ a: "mine", b: "image" });
  expect(merged.ExposedPorts).toEqual({ "80/tcp": {}, "53/udp": {} });
  expect(merged.Volumes).toEqual({ "/more": {}, "/data": {} });
  expect(merged.User).toBe("root");
  expect(merged.Healthcheck).toEqual({ Test: ["CMD", "true"], Interval: 9, Retries: 2 });
});

test.each([
  [{ Cmd: ["ls"] }, ["/entry", "ls"]],
  [{ Entrypoint: ["sh"] }, ["sh"]],
  [{ Entrypoint: ["sh"], Cmd: ["-c", "true"] }, ["sh", "-c", "true"]],
  [{ Entrypoint: [""], Cmd: ["ls"] }, ["ls"]],
  [{ Entrypoint: "sh", Cmd: "-l" }, ["sh", "-l"]],
])("command line of %p", (asked, expected) => {
  const command = processArguments(mergeImageConfig(asked, image));
  expect(command && [command.path, ...command.args]).toEqual(expected);
});

test("no command at all", () => {
  expect(processArguments(mergeImageConfig({ Entrypoint: [""] }, {}))).toBeUndefined();
});
