import { expect, test } from "bun:test";
import type { NetworkDoctorReport } from "../../api/index.ts";
import { doctorReport } from "./network-doctor.ts";

const stopped: NetworkDoctorReport = {
  ...{ Container: "web", Target: "db:5432", Ok: false },
  Hops: [
    { Hop: "container", Status: "ok", Detail: "web runs, on front" },
    { Hop: "dns", Status: "warning", Detail: "db is 172.18.0.3; the host's resolver knows it too" },
    {
      ...{ Hop: "rule", Status: "failed", Detail: "packets are dropped between front and back" },
      Remedy: "connect web to back:\nslipway network connect back web",
    },
    { Hop: "port", Status: "skipped", Detail: "" },
  ],
};

test("a line a hop, the remedy below, and where it stops", () => {
  expect(doctorReport(stopped, false)).toBe(`web → db:5432
  ✓ container  web runs, on front
  ! dns        db is 172.18.0.3; the host's resolver knows it too
  ✗ rule       packets are dropped between front and back
               → connect web to back:
                 slipway network connect back web
  – port

web does not reach db:5432: it stops at the rule.
`);
});

test("DNS has no article", () => {
  const hops: NetworkDoctorReport["Hops"] = [{ Hop: "dns", Status: "failed", Detail: "no answer" }];
  expect(doctorReport({ ...stopped, Hops: hops }, false)).toEndWith("it stops at DNS.\n");
});

test("what is reached, and what nobody can tell", () => {
  const hops: NetworkDoctorReport["Hops"] = [{ Hop: "port", Status: "ok", Detail: "5432 is open" }];
  expect(doctorReport({ ...stopped, Hops: hops, Ok: true }, false)).toEndWith("\n\nweb reaches db:5432.\n");
  const unknown = doctorReport({ ...stopped, Hops: hops }, false);
  expect(unknown).toEndWith("Nobody knows whether web reaches db:5432.\n");
});

test("colours are around signs only, and change no column", () => {
  const coloured = doctorReport(stopped, true);
  expect(coloured).toContain("\x1b[31m✗\x1b[0m rule");
  expect(Bun.stripANSI(coloured)).toBe(doctorReport(stopped, false));
});
