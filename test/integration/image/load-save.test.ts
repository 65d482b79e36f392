import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { command } from "../../support/engine.ts";
import { Folder } from "../../support/folder.ts";
import { throughBoth, uniqueName, withEngine } from "../../support/suite.ts";

const fixture = withEngine();

throughBoth("save and load:", fixture, (line) => {
  const { call, ok } = line;

  /** An image of two layers with some of everything that an archive may hold. */
  async function build(name: string): Promise<string> {
    const container = uniqueName();
    await ok([
      ...["run", "--name", container, "busybox", "sh", "-c"],
      "mkdir /made; echo a > /made/file; ln /made/file /made/hard; ln -s file /made/soft; rm /etc/group; " +
        "mknod /made/null c 1 3; chown 12:34 /made/file; chmod 4711 /made/file; dd if=/dev/zero of=/made/sparse bs=1 count=1 seek=1048575 2>/dev/null; " +
        `touch /made/${"long".repeat(50)}`,
    ]);
    const id = await ok(["commit", "-c", "CMD stat -c %a:%u:%g:%h /made/hard", container, name]);
    await ok(["rm", container]);
    return id;
  }

  test("what was saved and removed comes back as it was", async () => {
    using folder = new Folder();
    const image = `${uniqueName("saved")}:1`;
    const id = await build(image);
    await ok(["save", "-o", folder.join("image.tar"), image]);
    await ok(["rmi", image]);
    expect((await call(["image", "inspect", image])).code).toBe(1);
    expect(await ok(["load", "-i", folder.join("image.tar")])).toContain(`Loaded image: ${image}`);
    expect(await ok(["image", "inspect", "-f", "{{.Id}}", image])).toBe(id);
    expect(await ok(["run", "--rm", image])).toBe("4711:12:34:2");
    const look =
      "readlink /made/soft; ls -l /made/null | cut -c1; stat -c %s /made/sparse; ls /etc/group 2>&1; ls /made | grep -c longlong";
    const seen = (await ok(["run", "--rm", image, "sh", "-c", look])).split("\n");
    expect(seen[0]).toBe("file");
    expect(seen[1]).toBe("c");
    expect(seen[2]).toBe("1048576");
    expect(seen[3]).toContain("No such file");
    expect(seen[4]).toBe("1");
    await ok(["rmi", image]);
  });

  test("save to a pipe, load from one, compressed or not", async () => {
    using folder = new Folder();
    const image = `${uniqueName("piped")}:1`;
    await build(image);
    await ok(["save", "-o", folder.join("image.tar"), image]);
    for (const compressor of ["gzip", "zstd", "xz -1", "bzip2"]) {
      await ok(["rmi", image]);
      const packed = folder.join("image.packed");
      await command(["sh", "-c", `${compressor} -c ${folder.join("image.tar")} > ${packed}`]);
      expect(await ok(["load"], { stdin: readFileSync(packed) })).toContain(`Loaded image: ${image}`);
    }
    expect(await ok(["run", "--rm", image, "cat", "/made/file"])).toBe("a");
    await ok(["rmi", image]);
  });

  test("the archive is a Docker archive and an OCI layout in one", async () => {
    using folder = new Folder();
    const image = `${uniqueName("layout")}:1`;
    const id = await build(image);
    await ok(["save", "-o", folder.join("image.tar"), image]);
    await command(["tar", "-xf", folder.join("image.tar"), "-C", folder.path]);
    const read = (path: string) => JSON.parse(readFileSync(folder.join(path), "utf8"));
    const [manifest] = read("manifest.json");
    expect(manifest.RepoTags).toEqual([image]);
    expect(manifest.Layers).toHaveLength(2);
    const config = readFileSync(folder.join(manifest.Config));
    expect(`sha256:${new Bun.CryptoHasher("sha256").update(config).digest("hex")}`).toBe(id);
    expect(read("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
    const index = read("index.json");
    expect(index.manifests).toHaveLength(1);
    const [algorithm, hex] = index.manifests[0].digest.split(":");
    const oci = read(`blobs/${algorithm}/${hex}`);
    expect(oci.config.digest).toBe(id);
    await ok(["rmi", image]);
    // The layout alone loads too.
    await command(["rm", folder.join("image.tar"), folder.join("manifest.json")]);
    await command([
      "sh",
      "-c",
      `cd ${folder.path} && tar -cf ../layout-${id.slice(-8)}.tar . && mv ../layout-${id.slice(-8)}.tar layout.tar`,
    ]);
    await ok(["load", "-i", folder.join("layout.tar")]);
    expect(await ok(["run", "--rm", id, "cat", "/made/file"])).toBe("a");
    await ok(["rmi", "-f", id]);
  });

  test("several images share one archive and their layers", async () => {
    using folder = new Folder();
    const [one, two] = [`${uniqueName("one")}:1`, `${uniqueName("two")}:1`];
    await build(one);
    await ok(["tag", "busybox", two]);
    await ok(["save", "-o", folder.join("both.tar"), one, two]);
    await ok(["rmi", one, two]);
    const output = await ok(["load", "-q", "-i", folder.join("both.tar")]);
    expect(output).toContain(`Loaded image: ${one}`);
    expect(output).toContain(`Loaded image: ${two}`);
    const layers = async (image: string): Promise<string[]> =>
      JSON.parse(await ok(["image", "inspect", "-f", "{{json .RootFS.Layers}}", image]));
    expect((await layers(one))[0]).toBe((await layers(two))[0] ?? "");
    await ok(["rmi", one, two]);
  });

  test("loading what is there already changes nothing", async () => {
    using folder = new Folder();
    await ok(["save", "-o", folder.join("busybox.tar"), "busybox"]);
    const before = await ok(["images", "--no-trunc", "-q"]);
    await ok(["load", "-i", folder.join("busybox.tar")]);
    expect(await ok(["images", "--no-trunc", "-q"])).toBe(before);
  });

  test("saving what is not there, to where it cannot be, is an error that leaves no file", async () => {
    using folder = new Folder();
    const missing = await call(["save", "-o", folder.join("x.tar"), "nonesuch:1"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("nonesuch:1");
    const nowhere = await call(["save", "-o", folder.join("none/x.tar"), "busybox"]);
    expect(nowhere.code).toBe(1);
    expect((await call(["load", "-i", folder.join("none.tar")])).code).toBe(1);
    expect((await command(["ls", folder.path])).stdout).toBe("");
  });
});
