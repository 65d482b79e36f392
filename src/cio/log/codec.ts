import type { OutputStream } from "./driver.ts";
import type { Instant } from "./time.ts";

/** The form of a log's records on disk. */
export interface LogCodec {
  /** Whether a record gives back only valid UTF-8. */
  readonly textOnly: boolean;
  encoder(attributes: Readonly<Record<string, string>>): RecordEncoder;
  decoder(): RecordDecoder;
  /** Where the record that ends at `end` starts, or -1 when that is before `from` or not to be seen. */
  lastRecord(block: Uint8Array, from: number, end: number): number;
  /** Where the last complete record of a file ends. */
  soundEnd(fd: number, size: number): number;
}

/** Makes records; reused for all of a container's output. */
export interface RecordEncoder {
  /** The most bytes that a record with so much output can take. */
  bound(length: number): number;
  /** Sets what the following records have in common. */
  begin(stream: OutputStream, time: Instant): void;
  /** Writes a record holding `source[from..end)` at `at`; returns where it ends. */
  encode(target: Uint8Array, at: number, source: Uint8Array, from: number, end: number): number;
}

/** Takes records apart, one at a time; what it found is in its fields. */
export interface RecordDecoder {
  /** 0 when the bytes were no record (torn by a crash, or foreign): to be skipped. */
  stream: OutputStream | 0;
  /** Bytes of output that were put into the target. */
  length: number;
  /**
   * Decodes the record at `at` and puts its output into `target` from `to`. Returns where the next record
   * starts, or -1 when the block ends first. The target must have room for as many bytes as the record has.
   */
  decode(block: Uint8Array, at: number, end: number, target: Uint8Array, to: number): number;
  /** The time of the record just decoded; the block must still be unchanged. */
  time(): Instant;
  /** Its attributes. */
  attributes(): Readonly<Record<string, string>>;
}
