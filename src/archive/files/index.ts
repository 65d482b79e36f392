/** Archives of files and back, by descriptors: what others change meanwhile leads nowhere else. */
export { FilePacker } from "./packer.ts";
export { FileUnpacker, type UnpackOptions } from "./unpacker.ts";
