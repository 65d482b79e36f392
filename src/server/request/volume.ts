import type { VolumeCreateRequest } from "../../api/index.ts";
import { map, object, string } from "./decode.ts";

export const volumeCreate = object<VolumeCreateRequest>({
  Name: string,
  Driver: string,
  DriverOpts: map(string),
  Labels: map(string),
});
