/** A time stamping authority of RFC 3161: OpenSSL behind a small HTTP server. */
import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { closeServer } from '../../src/platform/http.ts';

const run = promisify(execFile);

export type TsaAnswer = { readonly status: number; readonly body: Uint8Array };

export interface Tsa {
  readonly url: string;
  /** PEM: of whoever certifies the authority. */
  readonly rootFile: string;
  /** PEM: of the authority. */
  readonly certificateFile: string;
  /** PEM: of somebody with the name of the root. */
  readonly strangerFile: string;
  /** What OpenSSL answers, for whatever stands between it and the asker. */
  readonly reply: (request: Buffer) => Promise<TsaAnswer>;
  /** What a token says, signed again by a web server that the same root certifies. */
  readonly signedByWebServer: (token: Buffer) => Promise<Buffer>;
  /** Answers in the place of OpenSSL; `null`: OpenSSL answers again. */
  answerBy: ((request: Buffer) => Promise<TsaAnswer>) | null;
  /** Requests so far, with their content types. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

const settings = `
[req]
distinguished_name = none
[none]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[signer]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[web]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, serverAuth
[tsa]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
`;

const timestampContent = '1.2.840.113549.1.9.16.1.4';

export async function startTsa(): Promise<Tsa> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fundwatch-tsa-'));
  const file = (name: string): string => path.join(folder, name);
  const openssl = (words: string, ...more: string[]) =>
    run('openssl', [...words.split(' '), ...more], { cwd: folder });
  await writeFile(file('settings'), settings);
  await writeFile(file('serial'), '01\n');
  const certify = (name: string, subject: string, section: string, by: string) =>
    openssl(
      `req -x509 -config settings -newkey rsa:2048 -nodes -days 2 -keyout ${name}.key -out ${name}.pem -extensions ${section}${by}`,
      '-subj',
      subject,
    );
  const byRoot = ' -CA root.pem -CAkey root.key';
  await certify('root', '/C=CN/O=Test/CN=Root', 'root', '');
  await certify('stranger', '/C=CN/O=Test/CN=Root', 'root', '');
  await certify('tsa', '/C=CN/O=Test/CN=Time stamps', 'signer', byRoot);
  await certify('web', '/C=CN/O=Test/CN=Web server', 'web', byRoot);

  // OpenSSL keeps its serial number in a file: one after the other.
  let before: Promise<unknown> = Promise.resolve();
  const reply: Tsa['reply'] = (request) => {
    const next = before.then(async () => {
      await writeFile(file('request'), request);
      await openssl(
        'ts -reply -config settings -section tsa -sha256 -queryfile request -signer tsa.pem -inkey tsa.key -chain root.pem -out reply',
      );
      return { status: 200, body: await readFile(file('reply')) };
    });
    before = next.catch(() => undefined);
    return next;
  };

  const asked: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(request.headers['content-type'] ?? '');
    const { status, body } = await (tsa.answerBy ?? tsa.reply)(await buffer(request));
    response.writeHead(status, { 'content-type': 'application/timestamp-reply' }).end(body);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the authority has no port');
  const tsa: Tsa = {
    url: `http://127.0.0.1:${address.port}/`,
    rootFile: file('root.pem'),
    certificateFile: file('tsa.pem'),
    strangerFile: file('stranger.pem'),
    reply,
    signedByWebServer: async (token) => {
      await writeFile(file('token'), token);
      await openssl('cms -verify -noverify -binary -inform DER -in token -out said');
      await openssl(
        `cms -sign -binary -nodetach -md sha256 -econtent_type ${timestampContent} -in said -signer web.pem -inkey web.key -outform DER -out token`,
      );
      return readFile(file('token'));
    },
    answerBy: null,
    asked,
    close: async () => {
      await closeServer(server, { graceMs: 0 });
      await rm(folder, { recursive: true });
    },
  };
  return tsa;
}
