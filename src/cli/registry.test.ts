import { describe, expect, test } from "bun:test";
import { find } from "./registry.ts";

describe("the command of", () => {
  test.each([
    ["port web", "port"],
    ["port web 80", "port"],
    // Docker's, of a container that is called "add".
    ["port add", "port"],
    ["port add 80", "port"],
    ["container port rm 80/udp", "container port"],
    ["port add web 8080:80", "port add"],
    ["port rm web 80 81", "port rm"],
    ["container port add web 80", "container port add"],
    ["port add --help", "port add"],
    // It says that the port is missing.
    ["port add web", "port add"],
    ["network remove x", "network remove"],
    ["rm add x y", "rm"],
  ])("%s is %s", (line, name) => {
    expect(find(line.split(" "))?.name).toBe(name);
  });

  test("nothing known is none", () => {
    expect(find(["network", "nonesuch", "a", "b"])).toBeUndefined();
    expect(find(["nonesuch"])).toBeUndefined();
  });
});
