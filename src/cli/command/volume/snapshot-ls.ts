import { listVolumeSnapshots } from "../../../client/volume/copies.ts";
import { command, exactly } from "../../command.ts";
import { print } from "../../streams/print.ts";

export default command({
  usage: "VOLUME",
  arity: exactly(1),
  flags: {},
  async run({ args: [name = ""], connect }) {
    const snapshots = await listVolumeSnapshots(await connect(), name);
    const width = Math.max("SNAPSHOT".length, ...snapshots.map(({ Name }) => Name.length));
    const rows = [["SNAPSHOT", "CREATED"], ...snapshots.map(({ Name, CreatedAt }) => [Name, CreatedAt])];
    print(rows.map(([one = "", other]) => `${one.padEnd(width + 3)}${other}\n`).join(""));
    return 0;
  },
});
