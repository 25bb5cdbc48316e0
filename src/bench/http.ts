/** One request of the benchmark's own clients. */
import { once } from 'node:events';
import { type Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  /** Seconds after which the server asks to come back; `null` when it does not. */
  readonly retryAfterS: number | null;
  readonly body: unknown;
}

export interface Post {
  readonly agent: Agent;
  readonly port: number;
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  /** Of an API key. */
  readonly token: string;
  /** Gives the request up; the promise rejects. */
  readonly signal?: AbortSignal;
}

export async function post({ agent, port, path, type, body, token, signal }: Post): Promise<Answer> {
  const sent = request({
    agent,
    port,
    host: '127.0.0.1',
    method: 'POST',
    path,
    headers: { 'content-type': type, 'content-length': body.length, authorization: `Bearer ${token}` },
    ...(signal === undefined ? {} : { signal }),
  });
  // A server that answers before it has read everything may end the connection: what cannot be written any more is nobody's concern.
  sent.on('error', () => undefined);
  sent.end(body);
  const [response] = await once(sent, 'response');
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  // The rest of a body that the server did not wait for is no request to it.
  if (pieces.length === 0) throw Object.assign(new Error('the connection was ended'), { code: 'ECONNRESET' });
  const retryAfter = Number(response.headers['retry-after']);
  return {
    status: response.statusCode,
    retryAfterS: Number.isFinite(retryAfter) ? retryAfter : null,
    body: JSON.parse(Buffer.concat(pieces).toString('utf8')),
  };
}
