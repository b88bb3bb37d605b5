/** Sending one request and hearing the kernel's verdict. */
import { CallFailure } from '../executor/failure.ts';
import type { Performed } from '../executor/perform.ts';
import type { Call, Out, Struct } from '../syscalls/call.ts';
import { errnoName } from '../syscalls/errno.ts';
import { close } from '../syscalls/files.ts';
import { netlinkSocket, receiveAnswer, sendRequest } from '../syscalls/network.ts';
import { verdictOf } from './netlink.ts';

type Perform = (list: readonly Call[]) => Performed | Promise<Performed>;

/**
 * Makes a netlink request.
 * @throws CallFailure naming the request, if the kernel refuses it.
 */
export async function makeRequest(perform: Perform, message: Struct): Promise<void> {
  const list = requestCalls(message);
  const { outs } = await perform(list);
  const [answer] = [...outs.values()];
  const result = answer ? verdictOf(answer) : 0;
  const call = list[1];
  if (result < 0 && call) {
    throw new CallFailure({ side: 'parent', call, index: 1, total: list.length, result });
  }
}

function requestCalls(message: Struct): Call[] {
  const socket = netlinkSocket();
  const answer: Out = { size: 256, text: answerText };
  return [socket, sendRequest(socket, message), receiveAnswer(socket, answer), close(socket)];
}

function answerText(bytes: Buffer): string {
  const verdict = verdictOf(bytes);
  return `{NLMSG_ERROR, error=${verdict === 0 ? '0' : `-${errnoName(-verdict)}`}}`;
}
