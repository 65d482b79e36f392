import { invalid, notImplemented } from "../../errors/index.ts";
import { checkAttributeOptions } from "./attributes.ts";
import type { LogCodec } from "./codec.ts";
import type { LogDriver } from "./driver.ts";
import { jsonCodec } from "./json/codec.ts";
import { localCodec } from "./local/codec.ts";
import { checkOptionNames, parseRotation, type Rotation } from "./options.ts";
import { readLog } from "./read.ts";
import { LineLogWriter } from "./writer.ts";

const MB = 1_000_000;

/** Docker's json-file never rotates unless told to; a disk that fills up helps nobody, so ours does. */
const jsonFile = fileDriver("json-file", jsonCodec, { maxSize: 100 * MB, maxFiles: 5, compress: false });
const local = fileDriver("local", localCodec, { maxSize: 20 * MB, maxFiles: 5, compress: true });

const none: LogDriver = {
  name: "none",
  validate(options) {
    const [name] = Object.keys(options);
    if (name !== undefined) throw invalid(`unknown log opt '${name}' for none log driver; it has no options`);
  },
  open: () => undefined,
  read() {
    throw notImplemented("configured logging driver does not support reading");
  },
};

const drivers = new Map([jsonFile, local, none].map((driver) => [driver.name, driver]));

/** The log driver of a name; throws `invalid` when there is none. */
export function logDriver(name: string): LogDriver {
  const driver = drivers.get(name);
  if (driver) return driver;
  const known = [...drivers.keys()].join(", ");
  throw invalid(`logger: no log driver named '${name}' is registered; there are: ${known}`);
}

function fileDriver(name: string, codec: LogCodec, defaults: Rotation): LogDriver {
  return {
    name,
    validate(options) {
      checkOptionNames(name, options);
      checkAttributeOptions(options);
      parseRotation(options, defaults);
    },
    open(context) {
      return new LineLogWriter(codec, context, parseRotation(context.options, defaults));
    },
    read(path, query, writer, signal) {
      return readLog(codec, path, query, writer instanceof LineLogWriter ? writer.file : undefined, signal);
    },
  };
}
