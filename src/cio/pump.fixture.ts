/** An engine to be killed: takes over the streams in a directory. `bun pump.fixture.ts DIR DRIVER OPTIONS` */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { logDriver } from "./log/drivers.ts";
import { ContainerStdio } from "./stdio.ts";

const [dir = "", driver = "", options = "{}"] = process.argv.slice(2);
const container = { id: "c", name: "c", labels: {}, env: [], command: [], imageId: "", imageName: "" };
const stdio = ContainerStdio.adopt(dir, {
  openStdin: false,
  tty: false,
  onStdinClosed: () => {},
  onResized: () => {},
});
const log = logDriver(driver).open({
  path: join(dir, "log"),
  stateDir: dir,
  options: JSON.parse(options) as Record<string, string>,
  container,
});
stdio.start({
  log,
  onLogError: (error) => {
    console.error(error);
    process.exit(1);
  },
});
writeSync(1, "started\n");
await stdio.done;
await log?.close();
await stdio.close();
writeSync(1, "ended\n");
process.exit(0);
