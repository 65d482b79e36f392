import { Resolver } from "node:dns/promises";
import { percentile } from "./measure.ts";

/** Asks the embedded name server for a name, one query after the other, and prints the 99th percentile in milliseconds. */
const [name = "", count = "1000"] = process.argv.slice(2);
const resolver = new Resolver();
resolver.setServers(["127.0.0.11"]);
const samples: number[] = [];
for (let query = 0; query < Number(count); query++) {
  const begin = Bun.nanoseconds();
  await resolver.resolve4(name);
  samples.push((Bun.nanoseconds() - begin) / 1e6);
}
console.log(percentile(samples, 0.99));
