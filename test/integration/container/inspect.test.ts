import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { created, sleeping } from "../../support/containers.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("inspect", fixture, (line) => {
  const { call, ok } = line;

  test("tells all that was asked for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-inspect-"));
    const volume = uniqueName("v");
    await using container = await created(
      line,
      "true",
      ...["-e", "A=1", "-l", "k=v", "-w", "/srv", "-u", "7:8", "-h", "box", "--domainname", "example.org"],
      ...["-v", `${folder}:/bind:ro`, "-v", `${volume}:/vol`, "--tmpfs", "/t:size=1m"],
      ...["--memory", "64m", "--cpus", "0.5", "--cpu-shares", "512", "--pids-limit", "9"],
      ...["--cap-add", "NET_ADMIN", "--cap-drop", "CHOWN", "--ulimit", "nofile=10:20", "--shm-size", "8m"],
      ...["--restart", "on-failure:2", "--add-host", "a:10.0.0.1", "--dns", "10.0.0.2", "--dns-search", "d"],
      ...["-p", "127.0.0.1:0:80", "--expose", "99", "--stop-signal", "QUIT", "--stop-timeout", "3"],
      ...["--sysctl", "net.ipv4.ip_forward=0", "--read-only", "--init", "-i", "-t"],
      ...["--log-opt", "max-size=1m", "--annotation", "note=x"],
    );
    const [it] = JSON.parse(await ok(["inspect", container.name]));
    expect(it).toMatchObject({
      Name: `/${container.name}`,
      Path: "sh",
      Args: ["-c", "true"],
      RestartCount: 0,
      Platform: "linux",
      State: { Status: "created", Running: false, Pid: 0, ExitCode: 0, StartedAt: "0001-01-01T00:00:00Z" },
      Config: {
        Hostname: "box",
        Domainname: "example.org",
        User: "7:8",
        Tty: true,
        OpenStdin: true,
        StdinOnce: true,
        Cmd: ["sh", "-c", "true"],
        Image: "busybox",
        WorkingDir: "/srv",
        Labels: { k: "v" },
        StopSignal: "QUIT",
        StopTimeout: 3,
        ExposedPorts: { "80/tcp": {}, "99/tcp": {} },
      },
      HostConfig: {
        Binds: [`${folder}:/bind:ro`, `${volume}:/vol`],
        Tmpfs: { "/t": "size=1m" },
        Memory: 67108864,
        NanoCpus: 500000000,
        CpuShares: 512,
        PidsLimit: 9,
        CapAdd: ["CAP_NET_ADMIN"],
        CapDrop: ["CAP_CHOWN"],
        Ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }],
        ShmSize: 8388608,
        RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 },
        ExtraHosts: ["a:10.0.0.1"],
        Dns: ["10.0.0.2"],
        DnsSearch: ["d"],
        PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] },
        Sysctls: { "net.ipv4.ip_forward": "0" },
        ReadonlyRootfs: true,
        Init: true,
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        Annotations: { note: "x" },
        NetworkMode: expect.stringMatching(/^(default|bridge)$/),
        IpcMode: "private",
        Privileged: false,
        AutoRemove: false,
      },
    });
    expect(it.Config.Env).toContain("A=1");
    expect(it.Id).toMatch(/^[0-9a-f]{64}$/);
    expect(it.Image).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(it.Created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/);
    expect(it.Mounts.map((mount: { Destination: string }) => mount.Destination).sort()).toEqual([
      "/bind",
      "/vol",
    ]);
    expect(it.Mounts.find((mount: { Type: string }) => mount.Type === "volume")).toMatchObject({
      Name: volume,
      Driver: "local",
      Destination: "/vol",
      RW: true,
    });
    expect(it.Mounts.find((mount: { Type: string }) => mount.Type === "bind")).toMatchObject({
      Source: folder,
      Destination: "/bind",
      Mode: "ro",
      RW: false,
      Propagation: "rprivate",
    });
    rmSync(folder, { recursive: true });
    await ok(["rm", "-f", container.name]);
    await ok(["volume", "rm", volume]);
  });

  test("tells state and address of what runs, and keeps times of what has ended", async () => {
    await using container = await sleeping(line);
    const [it] = JSON.parse(await ok(["container", "inspect", container.name]));
    expect(it.State).toMatchObject({
      Status: "running",
      Running: true,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      ExitCode: 0,
      Error: "",
      FinishedAt: "0001-01-01T00:00:00Z",
    });
    expect(it.State.Pid).toBeGreaterThan(1);
    const network = it.NetworkSettings.Networks.bridge;
    expect(network.Gateway).toBe(fixture.engine.bip.split("/")[0]);
    expect(network.IPPrefixLen).toBe(24);
    expect(network.MacAddress).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    expect((await container.exec("ip -4 addr show eth0")).stdout).toContain(` ${network.IPAddress}/24 `);
    await ok(["kill", container.name]);
    const [after] = JSON.parse(await ok(["inspect", container.name]));
    expect(after.State).toMatchObject({ Status: "exited", ExitCode: 137, Pid: 0 });
    expect(Date.parse(after.State.FinishedAt)).toBeGreaterThanOrEqual(Date.parse(after.State.StartedAt));
    expect(after.NetworkSettings.Networks.bridge.IPAddress).toBe("");
  });

  test("templates, --type, --size, and what is missing", async () => {
    await using container = await created(line, "true");
    expect(await ok(["inspect", "-f", "{{json .Config.Cmd}}", container.name])).toBe('["sh","-c","true"]');
    expect(await ok(["inspect", "-f", "{{range .Config.Cmd}}<{{.}}>{{end}}", container.name])).toBe(
      "<sh><-c><true>",
    );
    expect(await ok(["inspect", "-f", "{{len .Args}} {{index .Args 0}}", container.name])).toBe("2 -c");
    expect(await ok(["inspect", "-f", "{{if .State.Running}}on{{else}}off{{end}}", container.name])).toBe(
      "off",
    );
    expect(await ok(["inspect", "--size", "-f", "{{.SizeRw}}", container.name])).toBe("0");
    expect(await ok(["inspect", "--type", "image", "-f", "{{.Os}}", "busybox"])).toBe("linux");
    expect((await call(["inspect", "--type", "image", container.name])).code).toBe(1);
    const half = await call(["inspect", "-f", "{{.Name}}", container.name, "nonesuch"]);
    expect(half.code).toBe(1);
    expect(half.stdout.trim()).toBe(`/${container.name}`);
    expect(half.stderr).toContain("nonesuch");
    expect((await call(["inspect", "-f", "{{.Nonsense}}", container.name])).code).toBe(1);
  });

  test("the usage of a container stays readable after its end", async () => {
    await using container = await sleeping(line);
    await container.exec("x=0; while [ $x -lt 20000 ]; do x=$((x+1)); done");
    await ok(["kill", container.name]);
    const response = await fixture.engine.fetch(`/containers/${container.name}/json`);
    const { State } = (await response.json()) as {
      State: { Usage?: { PeakMemory: number; CpuNanoseconds: number } };
    };
    expect(State.Usage?.PeakMemory).toBeGreaterThan(0);
    expect(State.Usage?.CpuNanoseconds).toBeGreaterThan(1_000_000);
  });
});
