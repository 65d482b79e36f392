import type { ExecCreateRequest, ExecStartRequest } from "../../api/index.ts";
import { boolean, integer, list, object, string } from "./decode.ts";

export const execCreate = object<ExecCreateRequest>({
  User: string,
  Privileged: boolean,
  Tty: boolean,
  ConsoleSize: list(integer),
  AttachStdin: boolean,
  AttachStdout: boolean,
  AttachStderr: boolean,
  Detach: boolean,
  DetachKeys: string,
  Env: list(string),
  WorkingDir: string,
  Cmd: list(string),
});

export const execStart = object<ExecStartRequest>({
  Detach: boolean,
  Tty: boolean,
  ConsoleSize: list(integer),
});
