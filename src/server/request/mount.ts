import type { Mount } from "../../api/index.ts";
import { boolean, integer, list, map, object, string, word } from "./decode.ts";

type Options<K extends keyof Mount> = Exclude<Mount[K], null | undefined>;
type DriverConfig = Exclude<Options<"VolumeOptions">["DriverConfig"], null | undefined>;

export const mount = object<Mount>({
  Type: word(),
  Source: string,
  Target: string,
  ReadOnly: boolean,
  Consistency: string,
  UID: integer,
  GID: integer,
  Chown: boolean,
  Overlay: boolean,
  BindOptions: object<Options<"BindOptions">>({
    Propagation: string,
    NonRecursive: boolean,
    CreateMountpoint: boolean,
    ReadOnlyNonRecursive: boolean,
    ReadOnlyForceRecursive: boolean,
  }),
  VolumeOptions: object<Options<"VolumeOptions">>({
    NoCopy: boolean,
    Labels: map(string),
    Subpath: string,
    DriverConfig: object<DriverConfig>({ Name: string, Options: map(string) }),
  }),
  ImageOptions: object<Options<"ImageOptions">>({ Subpath: string }),
  TmpfsOptions: object<Options<"TmpfsOptions">>({
    SizeBytes: integer,
    Mode: integer,
    Options: list(list(string)),
  }),
});
