import { type Answer, decode, encode, type Packet } from "dns-packet";
import { inNamespace } from "../../os/netns.ts";
import { closing } from "./dns.fixture.ts";
import { Framing, framed } from "./framing.ts";
import type { Transport } from "./message.ts";

/** What a server says to a question; undefined to say nothing. */
export type Say = (question: Buffer, transport: Transport) => Buffer | undefined;

/** A name server outside, at port 53 of an address of the host's, or of a namespace. It counts what it is asked. */
export async function upstream(
  address: string,
  say: Say,
  { namespace, tcp = true }: { namespace?: number; tcp?: boolean } = {},
): Promise<{ asked: Transport[]; close: () => void }> {
  const asked: Transport[] = [];
  const answer = (question: Buffer, transport: Transport) => {
    asked.push(transport);
    return say(question, transport);
  };
  const listen = () => ({
    datagrams: Bun.udpSocket({
      hostname: address,
      port: 53,
      socket: {
        data: (socket, question, port, from) => {
          const said = answer(Buffer.from(question), "udp");
          if (said !== undefined) socket.send(said, port, from);
        },
      },
    }),
    streams: tcp
      ? Bun.listen<Framing>({
          hostname: address,
          port: 53,
          socket: {
            open: (socket) => {
              socket.data = new Framing();
            },
            data: (socket, chunk) => {
              for (const question of socket.data.push(chunk)) {
                const said = answer(question, "tcp");
                if (said !== undefined) socket.write(framed(said));
              }
            },
          },
        })
      : undefined,
  });
  const { datagrams, streams } = namespace === undefined ? listen() : inNamespace(namespace, listen);
  const socket = await datagrams;
  const close = () => {
    socket.close();
    streams?.stop(true);
  };
  return closing({ asked, close });
}

/** A response to a question with these addresses. */
export function says(question: Buffer, addresses: string[], more: Partial<Packet> = {}): Buffer {
  const { id = 0, questions = [] } = decode(question);
  const name = questions[0]?.name ?? "";
  const answers = addresses.map((data): Answer => ({ name, type: "A", ttl: 5, data }));
  return encode({ type: "response", id, questions, answers, ...more });
}
