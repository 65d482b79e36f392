import { dlopen, FFIType as T } from "bun:ffi";

/* A thread that waits in accept4(2) and hands the connections to the engine's thread. */

declare const self: Worker;

const SOCK_CLOEXEC_NONBLOCK = 0o2004000;
const libc = dlopen("libc.so.6", {
  accept4: { args: [T.i32, T.ptr, T.ptr, T.i32], returns: T.i32 },
}).symbols;

self.onmessage = ({ data: listener }: MessageEvent<number>) => {
  for (;;) {
    const connection = libc.accept4(listener, null, null, SOCK_CLOEXEC_NONBLOCK);
    if (connection >= 0) self.postMessage(connection);
    // Out of descriptors, most likely: a busy loop would keep them from being freed.
    else Bun.sleepSync(50);
  }
};
