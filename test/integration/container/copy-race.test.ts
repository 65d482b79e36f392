/*
 * A container that exchanges directories for links while its files are copied: nothing outside is read or written.
 * What looks into a container changes its root to the container's; our command line goes down by descriptors.
 */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { running } from "../../support/containers.ts";
import { command, until } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { type Line, throughBoth, withEngine } from "../../support/suite.ts";

const fixture = withEngine();
const up = "../../../../../../../../../../../..";
/** Each has many copies; more of them, by hand, find rarer moments. */
const rounds = Number(process.env.SLIPWAY_TEST_ROUNDS ?? 1);

/** Makes `d` by turns a directory with a file and a link to the outside, in each of the folders given, for ever. */
function swapping(outside: string, folders: string[]): string {
  const prepare = folders.map(
    (folder, at) =>
      `mkdir -p ${folder}/d/sub; echo inside >${folder}/d/secret; ln -s ${at % 2 ? up : ""}${outside} ${folder}/l`,
  );
  const swap = folders.map(
    (folder) =>
      `mv -T ${folder}/d ${folder}/.d; mv -T ${folder}/l ${folder}/d; mv -T ${folder}/d ${folder}/l; mv -T ${folder}/.d ${folder}/d`,
  );
  // The container has files of its own by the outside's name: a link that is followed inside leads there.
  return (
    `mkdir -p ${outside}/sub; echo inside >${outside}/secret; ${prepare.join("; ")}; touch /started; ` +
    `while :; do ${swap.join("; ")}; done`
  );
}

/** Something outside that must be neither read nor written. */
function canary(): Folder {
  const outside = new Folder();
  mkdirSync(outside.join("sub"));
  writeFileSync(outside.join("secret"), "canary\n");
  chmodSync(outside.path, 0o755);
  return outside;
}

async function expectUntouched(outside: Folder, taken: Folder): Promise<void> {
  expect(readdirSync(outside.path, { recursive: true }).sort()).toEqual(["secret", "sub"]);
  expect(readFileSync(outside.join("secret"), "utf8")).toBe("canary\n");
  // Links that were copied as links lead there, and are not followed.
  const contents = await command(["find", taken.path, "-type", "f", "-exec", "cat", "{}", "+"]);
  expect(new Set(contents.stdout.split("\n"))).not.toContain("canary");
}

async function racing(line: Line, outside: Folder, folders: string[], ...flags: string[]) {
  const container = await running(line, swapping(outside.path, folders), ...flags);
  await until("the links change", async () => (await container.exec("ls /started")).code === 0);
  return container;
}

/** What goes wrong because a name is another file's just then is no failure of this test. */
async function repeat(line: Line, copies: (round: number) => string[][]): Promise<number> {
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    const results = await Promise.all(copies(round).map((words) => line.call(["cp", ...words])));
    done += results.filter(({ code }) => code === 0).length;
  }
  return done;
}

throughBoth("cp while links change", fixture, (line) => {
  test("stays in the container, in its own files and in a volume", async () => {
    using outside = canary();
    using taken = new Folder();
    using given = new Folder();
    mkdirSync(given.join("tree/d/sub"), { recursive: true });
    for (const name of ["planted", "tree/d/planted", "tree/d/sub/planted"])
      writeFileSync(given.join(name), "planted\n");
    await using container = await racing(line, outside, ["/own", "/vol"], "-v", "/vol");
    const done = await repeat(line, (round) =>
      ["/own", "/vol"].flatMap((folder) => [
        [given.join("planted"), `${container.name}:${folder}/d/`],
        [given.join("planted"), `${container.name}:${folder}/d/sub/planted`],
        [`${given.join("tree")}/.`, `${container.name}:${folder}`],
        [`${container.name}:${folder}/d/secret`, taken.join(`${round}${folder.slice(1)}`)],
        ["-L", `${container.name}:${folder}/d`, taken.join(`${round}${folder.slice(1)}-dir`)],
        [`${container.name}:${folder}`, taken.join(`${round}${folder.slice(1)}-tree`)],
      ]),
    );
    expect(done).toBeGreaterThan(0);
    await expectUntouched(outside, taken);
  });

  test("stays in a stopped container whose volume another one changes", async () => {
    using outside = canary();
    using taken = new Folder();
    using given = new Folder();
    mkdirSync(given.join("tree/d"), { recursive: true });
    writeFileSync(given.join("tree/d/planted"), "planted\n");
    await using changing = await racing(line, outside, ["/vol"], "-v", "/vol");
    const stopped = await line.ok(["create", "--volumes-from", changing.name, "busybox", "true"]);
    await repeat(line, (round) => [
      [`${given.join("tree")}/.`, `${stopped}:/vol`],
      [given.join("tree/d/planted"), `${stopped}:/vol/d/sub/`],
      [`${stopped}:/vol/d/secret`, taken.join(`${round}`)],
      [`${stopped}:/vol`, taken.join(`${round}-tree`)],
    ]);
    await line.ok(["rm", stopped]);
    await expectUntouched(outside, taken);
  });
});

/* Docker's own command line follows such links on the host's side. */
test("our command line stays below what it copies from and to, where the container has it mounted", async () => {
  using outside = canary();
  using shared = new Folder();
  using taken = new Folder();
  const line: Line = {
    name: "slipway",
    call: (args) => fixture.engine.slipway(args),
    ok: async (args) => (await fixture.engine.slipway(args)).stdout.trim(),
  };
  mkdirSync(shared.join("race"));
  await using container = await racing(line, outside, ["/shared/race"], "-v", `${shared.path}:/shared`);
  await container.exec(
    "mkdir -p /give/d/sub; echo planted >/give/d/planted; echo planted >/give/d/sub/planted",
  );
  const done = await repeat(line, (round) => [
    [`${container.name}:/give/.`, shared.join("race")],
    [shared.join("race"), `${container.name}:/got-${round}`],
    [`${container.name}:/give/.`, shared.join("race")],
    [shared.join("race"), `${container.name}:/got-${round}-again`],
  ]);
  expect(done).toBeGreaterThan(0);
  await line.ok(["cp", `${container.name}:/got-*`, taken.path]);
  await expectUntouched(outside, taken);
});
