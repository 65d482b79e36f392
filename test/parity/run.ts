#!/usr/bin/env bun
/*
 * npm test -- parity [CASE…]: builds the same Dockerfiles with slipway, with BuildKit and with the classic builder of Debian's
 * docker.io, and tells what differs in the images, in what is said of mistakes, and in what docker shows of a classic build.
 */
import { compareAll } from "./all.ts";
import { withEngines } from "./engines.ts";

await withEngines(async (engines) => {
  const equal = await compareAll(engines, process.argv.slice(2));
  process.exitCode = equal ? 0 : 1;
});
