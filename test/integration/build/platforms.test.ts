/* RUN for other processors than the host's, by emulators that are registered with the kernel. */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { hostCpu } from "../../../src/oci/host-cpu.ts";
import { contextWith } from "../../support/build.ts";
import { Emulator } from "../../support/emulator.ts";
import { must, uniqueName, withEngine } from "../../support/suite.ts";

const canRegister = await Emulator.mount();
const fixture = withEngine();
const host = hostCpu().architecture;

/** A stage of its own for each platform: the host's is an image's. */
function contextForBoth() {
  const context = contextWith({
    Dockerfile: `FROM scratch AS loong64
COPY bin /bin/
FROM busybox AS ${host}
FROM $TARGETARCH
ARG TARGETARCH
RUN echo "$TARGETARCH" > /first
RUN ["/bin/sh", "-c", "cat /first /first > /second"]
`,
  });
  mkdirSync(context.join("bin"));
  for (const name of ["sh", "cat"]) {
    writeFileSync(context.join("bin", name), Emulator.program());
    chmodSync(context.join("bin", name), 0o755);
  }
  return context;
}

test("steps run for several platforms where an emulator is registered, and say what is missing where none is", async () => {
  using context = contextForBoth();
  const build = (...args: string[]) =>
    fixture.engine.slipway([
      "build",
      "-q",
      "--platform",
      `linux/${host},${Emulator.platform}`,
      ...args,
      context.path,
    ]);
  const { code, stderr } = await build();
  expect(code).toBe(1);
  expect(stderr).toContain(
    `ERROR: failed to build: failed to solve: cannot run programs for ${Emulator.platform} on this host: register an emulator`,
  );
  if (!canRegister) return;
  using _emulator = await Emulator.register();
  const name = uniqueName("platforms");
  must(await build("-t", name));
  for (const architecture of [host, "loong64"]) {
    const run = ["run", "--rm", "--network", "none", "--platform", `linux/${architecture}`, name];
    const { stdout } = must(await fixture.engine.slipway([...run, "/bin/cat", "/second"]));
    expect(stdout).toBe(`${architecture}\n${architecture}\n`);
  }
});
