import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare, median, output, timed } from "../measure.ts";
import { peak, pss } from "../memory.ts";
import type { Peer } from "../peers/peer.ts";
import type { Context, Row, Scenario } from "../scenario.ts";

/** Who builds: the engines, and BuildKit inside Docker's. */
type Builder = "slipway" | "docker" | "podman" | "buildkit";
type Times = Record<Builder, number>;

const rounds = 5;
/** Of what takes the others half a minute. */
const fewRounds = 3;

/** argv of a build of `context`, by each of them. */
function builders(context: Context): Record<Builder, (...args: string[]) => string[]> {
  const by =
    (peer: Peer, ...environment: string[]) =>
    (...args: string[]) => ["env", ...environment, ...peer.command("build", "-q", ...args)];
  return {
    slipway: by(context.slipway),
    docker: by(context.docker, "DOCKER_BUILDKIT=0"),
    podman: (...args) => context.podman.command("build", "-q", "--layers", ...args),
    buildkit: by(context.docker, "DOCKER_BUILDKIT=1"),
  };
}

/** Median wall times of the same build by all, in turns. `prepare` runs before each, unmeasured. */
async function race(
  context: Context,
  directory: string,
  options: string[],
  prepare: (round: number) => void = () => {},
  times = rounds,
): Promise<Times> {
  let round = 0;
  const run = (build: (...args: string[]) => string[]) => async () => {
    prepare(round++);
    return await timed(build(...options, directory));
  };
  const { slipway, docker, podman, buildkit } = builders(context);
  return await compare(times, {
    slipway: run(slipway),
    docker: run(docker),
    podman: run(podman),
    buildkit: run(buildkit),
  });
}

const dockerfile = (directory: string, ...lines: string[]) =>
  writeFileSync(join(directory, "Dockerfile"), `${lines.join("\n")}\n`);

function folder({ scratch }: Context, name: string): string {
  const directory = join(scratch, name);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** A row that is promised as a share of the classic builder's time. */
function share(what: string, values: Times, limit: number, shown: string): Row {
  const ratio = values.slipway / values.docker;
  return {
    what,
    unit: "ms",
    values,
    target: `≤ ${shown} of docker (is ${ratio.toFixed(2)})`,
    met: ratio <= limit,
  };
}

function below(what: string, values: Times, milliseconds: number): Row {
  return {
    what,
    unit: "ms",
    values,
    target: `≤ ${milliseconds} ms`,
    met: values.slipway <= milliseconds,
  };
}

async function steps(context: Context): Promise<Row[]> {
  const ten = folder(context, "ten");
  dockerfile(ten, "FROM busybox", ...Array.from({ length: 10 }, (_, index) => `RUN true ${index}`));
  const four = folder(context, "four");
  const stage = (index: number) => [`FROM busybox AS s${index}`, `RUN sleep 1 && echo ${index} > /out`];
  dockerfile(
    four,
    ...[1, 2, 3, 4].flatMap(stage),
    "FROM busybox",
    ...[1, 2, 3, 4].map((index) => `COPY --from=s${index} /out /out${index}`),
  );
  return [
    share("ten `RUN true` without cache", await race(context, ten, ["--no-cache"]), 1 / 5, "1/5"),
    below("ten `RUN true`, all cached", await race(context, ten, []), 60),
    below("four independent stages of `sleep 1`", await race(context, four, ["--no-cache"]), 1600),
  ];
}

/** So many files of so many bytes, as other bytes each time. */
function fill(directory: string, files: number, bytes: number): void {
  for (let index = 0; index < files; index++) {
    const parent = join(directory, `d${index % 100}`);
    mkdirSync(parent, { recursive: true });
    const content = Buffer.alloc(bytes, index);
    crypto.getRandomValues(content.subarray(0, Math.min(64, bytes)));
    writeFileSync(join(parent, `f${index}`), content);
  }
}

async function copies(context: Context): Promise<Row[]> {
  const large = folder(context, "large");
  fill(join(large, "files"), 5000, 100_000);
  dockerfile(large, "FROM busybox", "COPY files /files");
  const uncached = await race(context, large, ["--no-cache"], undefined, fewRounds);
  const change = (round: number) => appendFileSync(join(large, "files/d7/f7"), `${round}`);
  const changed = await race(context, large, [], change, fewRounds);
  return [
    share("`COPY` of 5,000 files, 500 MB, without cache", uncached, 1 / 2, "1/2"),
    share("the same after one file changed", changed, 1 / 2, "1/2"),
  ];
}

async function unchanged(context: Context): Promise<Row[]> {
  const many = folder(context, "many");
  fill(join(many, "files"), 50_000, 200);
  dockerfile(many, "FROM busybox", "COPY files /files");
  return [below("`COPY` of 50,000 files, nothing changed", await race(context, many, []), 300)];
}

/** What an engine holds while it builds, and when it has been left alone. */
async function memory(context: Context): Promise<Row[]> {
  const { slipway } = context;
  const before = pss(slipway.root);
  const watch = peak(slipway.root);
  const { slipway: build } = builders(context);
  for (const name of ["large", "ten", "four"]) await timed(build("--no-cache", join(context.scratch, name)));
  const highest = watch();
  await Bun.sleep(8000);
  const after = pss(slipway.root);
  return [
    {
      what: `peak memory while building (Pss; before ${before.toFixed(0)} MB, 8 s later ${after.toFixed(0)} MB)`,
      unit: "MB",
      values: { slipway: highest },
      target: "< 250 MB",
      met: highest < 250,
    },
  ];
}

/** Builds of all kinds but those that need a mirror. */
export const build: Scenario[] = [steps, copies, unchanged, memory];

const packages = "build-essential python3 git";
const install = `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${packages}`;

/** A Debian image that installs much, from a real mirror, against the same commands in a bare chroot. */
export const apt: Scenario = async (context) => {
  const { slipway } = context;
  await output(slipway.command("image", "bootstrap", "debian:bookworm"));
  const root = folder(context, "chroot");
  const directory = folder(context, "apt");
  dockerfile(directory, "FROM debian:bookworm", `RUN ${install}`);
  const chrooted: number[] = [];
  const built: number[] = [];
  for (let round = 0; round < 3; round++) {
    const tree = join(root, `${round}`);
    mkdirSync(tree);
    const container = await output(slipway.command("create", "debian:bookworm"));
    await output(["sh", "-c", `${slipway.command("export", container).join(" ")} | tar -x -C ${tree}`]);
    await output(slipway.command("rm", container));
    await output(["cp", "/etc/resolv.conf", join(tree, "etc/resolv.conf")]);
    chrooted.push(await timed(["chroot", tree, "sh", "-c", install]));
    built.push(await timed(slipway.command("build", "-q", "--no-cache", directory)));
  }
  const values = { slipway: median(built), bare: median(chrooted) };
  const ratio = values.slipway / values.bare;
  return [
    {
      what: `\`apt-get install ${packages}\` on Debian`,
      unit: "ms",
      values,
      target: `within 5 % of a bare chroot (is ${ratio.toFixed(3)})`,
      met: ratio <= 1.05,
    },
  ];
};
