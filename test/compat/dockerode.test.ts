import { expect, test } from "bun:test";
import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import Docker from "dockerode";
import { uniqueName, withEngine } from "../support/suite.ts";

const fixture = withEngine();
const docker = () => new Docker({ socketPath: fixture.engine.socket });

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}

/** The two streams of a multiplexed one, once it has ended. */
async function split(stream: Readable): Promise<{ stdout: string; stderr: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  docker().modem.demuxStream(stream, out, err);
  stream.on("end", () => {
    out.end();
    err.end();
  });
  const [stdout, stderr] = await Promise.all([text(out), text(err)]);
  return { stdout, stderr };
}

test("ping, version, info, listImages", async () => {
  expect((await docker().ping()).toString()).toBe("OK");
  expect((await docker().version()).ApiVersion).toBe("1.51");
  expect((await docker().info()).Images).toBe(1);
  const [image] = await docker().listImages();
  expect(image?.RepoTags).toEqual(["busybox:latest"]);
});

test("create, attach, start, wait, logs, remove", async () => {
  const container = await docker().createContainer({
    Image: "busybox",
    name: uniqueName(),
    Cmd: ["sh", "-c", "cat; echo err >&2; exit 3"],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    stderr: true,
    hijack: true,
  });
  const output = split(stream as unknown as Readable);
  await container.start();
  stream.end("typed\n");
  expect(await output).toEqual({ stdout: "typed\n", stderr: "err\n" });
  expect((await container.wait()).StatusCode).toBe(3);
  const logs = await container.logs({ stdout: true, stderr: true, follow: true });
  expect(await split(logs as unknown as Readable)).toEqual({ stdout: "typed\n", stderr: "err\n" });
  expect((await container.inspect()).State.ExitCode).toBe(3);
  await container.remove();
  const gone = await container.inspect().catch((error: { statusCode: number }) => error.statusCode);
  expect(gone).toBe(404);
});

test("exec, stats, top, stop", async () => {
  const container = await docker().createContainer({ Image: "busybox", Cmd: ["sleep", "1000"] });
  await container.start();
  const exec = await container.exec({
    Cmd: ["sh", "-c", "cat; exit 4"],
    AttachStdin: true,
    AttachStdout: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = split(stream as unknown as Readable);
  stream.end("through exec\n");
  expect((await output).stdout).toBe("through exec\n");
  expect((await exec.inspect()).ExitCode).toBe(4);
  const stats = (await container.stats({ stream: false })) as { memory_stats: { usage: number } };
  expect(stats.memory_stats.usage).toBeGreaterThan(0);
  expect((await container.top()).Processes).toHaveLength(1);
  await container.stop({ t: 0 });
  const again = await container.stop().catch((error: { statusCode: number }) => error.statusCode);
  expect(again).toBe(304);
  await container.remove({ force: true });
});

test("attach and exec without hijack take input too", async () => {
  const read = ["sh", "-c", "read line; echo got $line"];
  const container = await docker().createContainer({
    Image: "busybox",
    Cmd: [...read.slice(0, 2), `${read[2]}; exec sleep 1000`],
    OpenStdin: true,
  });
  const attached = await container.attach({ stream: true, stdin: true, stdout: true });
  await container.start();
  attached.write("attached\n");
  const [chunk] = (await once(attached, "data")) as [Buffer];
  expect(chunk.subarray(8).toString()).toBe("got attached\n");
  const exec = await container.exec({ Cmd: read, AttachStdin: true, AttachStdout: true });
  const stream = await exec.start({ stdin: true });
  const output = split(stream);
  stream.write("executed\n");
  expect((await output).stdout).toBe("got executed\n");
  await container.remove({ force: true });
});

test("events, as they come", async () => {
  const events = await docker().getEvents({ filters: { type: ["container"], event: ["create", "destroy"] } });
  const container = await docker().createContainer({ Image: "busybox" });
  await container.remove();
  let received = "";
  for await (const chunk of events) {
    received += chunk.toString();
    if (received.includes('"destroy"')) break;
  }
  const actions = received
    .trim()
    .split("\n")
    .map((row) => (JSON.parse(row) as { Action: string }).Action);
  expect(actions).toEqual(["create", "destroy"]);
});

test("run, archives, images, volumes", async () => {
  const output = new PassThrough();
  const said = text(output);
  const [result] = await docker().run("busybox", ["sh", "-c", "echo from run"], output, {
    HostConfig: { AutoRemove: true },
    Tty: true,
  });
  output.end();
  expect((result as { StatusCode: number }).StatusCode).toBe(0);
  expect(await said).toBe("from run\r\n");

  const container = await docker().createContainer({ Image: "busybox" });
  expect((await text(await container.getArchive({ path: "/etc/passwd" }))).slice(0, 6)).toBe("passwd");
  const image = await container.commit({ repo: "by-dockerode", tag: "1" });
  expect(image.Id).toMatch(/^sha256:/);
  await docker().getImage("by-dockerode:1").remove();
  await container.remove();

  const name = uniqueName("v");
  await docker().createVolume({ Name: name });
  expect((await docker().getVolume(name).inspect()).Driver).toBe("local");
  await docker().getVolume(name).remove();
});
