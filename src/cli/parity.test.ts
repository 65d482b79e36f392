/* What the docker CLI sends for a command line is what we send: both are pointed at one recording server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directory = mkdtempSync(join(tmpdir(), "cli-parity-"));
const socket = join(directory, "engine.sock");
const received: unknown[] = [];
let server: ReturnType<typeof Bun.serve>;

beforeAll(() => {
  writeFileSync(join(directory, "env"), "# comment\nA=1\nB=two words\n");
  writeFileSync(join(directory, "seccomp.json"), '{ "defaultAction": "SCMP_ACT_ALLOW" }\n');
  server = Bun.serve({
    unix: socket,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith("/_ping"))
        return new Response("OK", { headers: { "Api-Version": "1.51", Ostype: "linux" } });
      if (!/\/(create|update|connect|disconnect)$/.test(pathname))
        return Response.json({ message: "no" }, { status: 404 });
      received.push(await request.json());
      return Response.json({ Id: "a".repeat(64), Warnings: [] }, { status: 201 });
    },
  });
});

afterAll(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true });
});

async function sends(command: string[], args: string[]): Promise<unknown> {
  received.length = 0;
  const child = Bun.spawn([...command, ...args], {
    cwd: directory,
    env: { ...process.env, DOCKER_HOST: `unix://${socket}`, SLIPWAY_HOST: `unix://${socket}`, OWN: "value" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = await new Response(child.stderr).text();
  expect({ status: await child.exited, said }).toMatchObject({ status: 0 });
  return significant(received[0]);
}

/** Without what Go leaves at its zero value, since absent and zero are the same to an engine. */
function significant(value: unknown): unknown {
  // docker keeps binds and variables without a value in maps, so theirs come in any order.
  if (Array.isArray(value))
    return value.every((one) => typeof one === "string") ? value.toSorted() : value.map(significant);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, one]): [string, unknown][] => {
    const kept = significant(one);
    const zero = kept === null || kept === "" || kept === 0 || kept === false || key === "ConsoleSize";
    const empty = typeof kept === "object" && kept !== null && Object.keys(kept).length === 0;
    const isSetMember = /^\d+\/|^\//.test(key) || ["MaskedPaths", "ReadonlyPaths", "default"].includes(key);
    return zero || (empty && !isSetMember) ? [] : [[key, kept]];
  });
  return Object.fromEntries(entries);
}

const ours = [process.execPath, join(import.meta.dir, "..", "main.ts")];

const lines: string[] = [
  "create busybox",
  "create -it --name x busybox sh -c true",
  "create -v /a:/b -v /c -v data:/d:ro -v ./e:/f --tmpfs /x --tmpfs /y:size=1m busybox",
  "create -p 80 -p 127.0.0.1:8000-8001:90-91/udp -p 9000-9010:99 -p [::1]:5:5 --expose 70-71 -P busybox",
  "create -p published=8080,target=80,protocol=udp busybox",
  "create --mount type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1777 --mount source=v,target=/u,volume-opt=a=b,ro busybox",
  "create --mount type=bind,src=/a,dst=/z,bind-propagation=rshared,bind-recursive=disabled busybox",
  "create --mount type=image,src=a,dst=/b,image-subpath=c -v /a:/c:U -v /a:/d:O,ro -v v:/e:uid=5,gid=6 busybox",
  "create -e A=1 -e OWN -e MISSING --env-file env -l a=b -l c --label-file env busybox",
  "create --gpus all --device /dev/null --device /dev/zero:/dev/z:r --device-cgroup-rule busybox",
  "create --gpus device=0 --device vendor.com/gpu=0 busybox",
  "create --ulimit nofile=3:4 --ulimit core=-1 -m 1.5g --memory-swap -1 --memory-reservation 10m --cpus 1.5 -c 5 busybox",
  "create --cpuset-cpus 0-1 --cpu-period 5 --cpu-quota 6 --pids-limit 7 --shm-size 64m --oom-score-adj 5 busybox",
  "create --oom-kill-disable --memory-swappiness 3 --blkio-weight 20 --blkio-weight-device /dev/sda:30 busybox",
  "create --device-read-bps /dev/sda:1mb --device-write-bps /dev/sda:2k --device-read-iops /dev/sda:3 busybox",
  "create --security-opt no-new-privileges --security-opt seccomp=seccomp.json --security-opt systempaths=unconfined busybox",
  "create --health-cmd true --health-interval 3s --health-start-period 1m30s --health-retries 2 busybox",
  "create --no-healthcheck --restart on-failure:3 --stop-signal TERM --stop-timeout 0 --init busybox",
  "create --network host --pid host --ipc host --uts host --userns host --cgroupns host busybox",
  "create --network container:abc --pid container:abc busybox",
  "create --network name=foo,alias=A,ip=1.2.3.4,driver-opt=k=v --network bar --link x:y busybox",
  "create --network foo --network-alias a --ip 10.0.0.2 --mac-address 92:d0:c6:0a:29:33 busybox",
  "create --log-driver local --log-opt a=b --storage-opt size=1G --sysctl net.core.somaxconn=5 --annotation k=v --runtime runc busybox",
  "create --add-host a:1.2.3.4 --add-host b=::1 --add-host g:host-gateway --dns 1.1.1.1 --dns-search a.b --dns-option x busybox",
  "create --cap-add NET_ADMIN --cap-drop ALL --privileged --read-only --group-add 5 -u 1:2 -w /w -h host --domainname d busybox",
  "create --entrypoint= busybox x",
  "create --entrypoint e --rm -a stdin -a stdout --volumes-from a:ro --volume-driver local --cgroup-parent /p busybox -x --y",
  "create --network name=foo,link-local-ip=169.254.0.9,ip6=fd00::2,mac-address=02:00:00:00:00:01,gw-priority=-3 --network name=bar,alias=b,alias=c busybox",
  "create --network foo --network-alias a --network-alias b --link-local-ip 169.254.3.4 --ip6 fd00::9 --link db --link c:d busybox",
  "create --net foo --net-alias a --link db:x busybox",
  "create --link db --link db:base --mac-address 02-00-00-00-00-01 busybox",
  'create --network name=a,"driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.a=1,net.ipv4.conf.IFNAME.b=2" busybox',
  "create --network name=foo,driver-opt=com.docker.network.endpoint.ifname=wan0 --network bar busybox",
  "network create x",
  "network create -d macvlan --internal --attachable --label a=b --label c -o parent=eth0 -o macvlan_mode=bridge x",
  "network create --subnet 10.9.0.0/16 --ip-range 10.9.5.0/24 --gateway 10.9.0.254 --aux-address a=10.9.0.7 --aux-address b=10.9.0.8 x",
  "network create --ipv6 --ipv4=false --subnet fd00:1::/64 --gateway fd00:1::1 --ipam-driver default --ipam-opt a=b x",
  "network create --config-only --scope local --ingress x",
  "network create --config-from other x",
  "network connect n c",
  "network connect --ip 10.0.0.2 --ip6 fd00::2 --alias a,b --alias c --link db:x --link-local-ip 169.254.1.1 --driver-opt k=v --gw-priority 7 n c",
  "network disconnect n c",
  "network disconnect -f n c",
  "update -m 1g --restart always --pids-limit 5 --cpus 2 x",
];

describe("the request of", () => {
  test.each(lines)("%s", async (line) => {
    const args = line
      .replace("--device-cgroup-rule busybox", "--device-cgroup-rule RULE busybox")
      .split(" ")
      .map((word) => (word === "RULE" ? "c 1:3 rwm" : word));
    const [theirs, own] = [await sends(["docker"], args), await sends(ours, args)];
    expect(own).toEqual(theirs);
  });
});
