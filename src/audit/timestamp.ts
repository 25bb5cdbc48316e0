/**
 * Time stamps by RFC 3161: an authority of its own signs, with its own clock, that the text of an anchor existed. Whoever holds the agency's
 * key can antedate an anchor; a stamp of somebody else cannot be had for a day that is over.
 *
 * ASN.1, CMS and certificate paths are PKI.js's; here stands what RFC 3161 asks of a token beside them.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { fromBER, Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  AlgorithmIdentifier,
  Certificate,
  ContentInfo,
  ExtKeyUsage,
  getAlgorithmByOID,
  id_ContentType_SignedData,
  id_eContentType_TSTInfo,
  id_ExtKeyUsage,
  id_sha256,
  MessageImprint,
  PKIStatus,
  SignedData,
  SignedDataVerifyError,
  type SignerInfo,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';

const id_kp_timeStamping = '1.3.6.1.5.5.7.3.8';
const id_contentType = '1.2.840.113549.1.9.3';

export type TimestampFault =
  /** No token of RFC 3161 with one signer. */
  | 'unreadable'
  /** It was made for another text. */
  | 'wrong_imprint'
  | 'bad_signature'
  /** Signed in a way that cannot be verified here, SM2 for one. */
  | 'unknown_algorithm'
  /** The certificate of the signer cannot be read, or is not one for time stamps alone. */
  | 'wrong_certificate'
  /** No path from the signer, as of the time stated, to a certificate that is trusted. */
  | 'untrusted';

export interface Timestamp {
  /** The time that the authority states. */
  readonly time: Date;
  /** Subject of the certificate it was signed by. */
  readonly signer: string;
}

export type CheckedTimestamp =
  | { readonly ok: true; readonly timestamp: Timestamp }
  | { readonly ok: false; readonly fault: TimestampFault };

/**
 * @param nonce 1 to 20 bytes
 * @returns DER of a TimeStampReq over the SHA-256 of the text, which asks for the signer's certificate too
 */
export function timestampRequest(text: string, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256 }),
      hashedMessage: new OctetString({ valueHex: arrayBufferOf(imprintOf(text)) }),
    }),
    nonce: integerOf(nonce),
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER());
}

/**
 * What the authority answered, checked against what it was asked.
 * @returns the token byte for byte as it came, and what it says
 * @throws when the authority refuses, or the token is not one for this text and this request
 */
export async function tokenOfReply(
  reply: Uint8Array,
  text: string,
  nonce: Uint8Array,
): Promise<{ token: Buffer; timestamp: Timestamp }> {
  const { status, token } = partsOfReply(reply);
  if ((status !== PKIStatus.granted && status !== PKIStatus.grantedWithMods) || token === null)
    throw new Error(`the time stamping authority refused: status ${status ?? 'unreadable'}`);
  if (partsOf(token)?.info.nonce?.toBigInt() !== integerOf(nonce).toBigInt())
    throw new Error('the time stamping authority answered another request');
  const checked = await checkTimestamp(token, text, null);
  if (!checked.ok)
    throw new Error(`the time stamping authority sent a token that does not hold: ${checked.fault}`);
  return { token, timestamp: checked.timestamp };
}

/** The time that a token states, unchecked; `null`: it is no token. */
export const timeOf = (token: Uint8Array): Date | null => partsOf(token)?.info.genTime ?? null;

/**
 * @param token DER of a TimeStampToken
 * @param trusted certificates of authorities, or of those who certify them; `null`: whoever signed. Revocation is not looked up
 */
export async function checkTimestamp(
  token: Uint8Array,
  text: string,
  trusted: readonly X509Certificate[] | null,
): Promise<CheckedTimestamp> {
  const failed = (fault: TimestampFault): CheckedTimestamp => ({ ok: false, fault });
  const parts = partsOf(token);
  if (parts === null) return failed('unreadable');
  const { signed, info, signer } = parts;
  if (!isImprintOf(info.messageImprint, text)) return failed('wrong_imprint');
  // RFC 5652, 5.3: what is signed says what it is, so that a signature of something else is no time stamp.
  if (!hasContentType(signer)) return failed('bad_signature');
  if (!isKnown(signer.digestAlgorithm) || !isKnown(signer.signatureAlgorithm))
    return failed('unknown_algorithm');
  const verified = await verifySigned(signed, text);
  if (verified === null) return failed('bad_signature');
  const certificate = certificateOf(verified);
  if (certificate === null || !isForTimestamps(verified)) return failed('wrong_certificate');
  const timestamp = { time: info.genTime, signer: nameOf(certificate) };
  if (trusted === null) return { ok: true, timestamp };
  // The path is checked as of the time that the token states: certificates expire, proofs of the past do not.
  const holds = isAmong(trusted, certificate)
    ? isValidAt(certificate, info.genTime)
    : await leadsTo(trusted, signed, text);
  return holds ? { ok: true, timestamp } : failed('untrusted');
}

interface Parts {
  readonly signed: SignedData;
  readonly info: TSTInfo;
  /** RFC 3161, 2.4.2: there is no other. */
  readonly signer: SignerInfo;
}

function partsOf(token: Uint8Array): Parts | null {
  try {
    const { result, offset } = fromBER(token);
    // Bytes behind the token are signed by nobody.
    if (offset !== token.byteLength) return null;
    const content = new ContentInfo({ schema: result });
    if (content.contentType !== id_ContentType_SignedData) return null;
    const signed = new SignedData({ schema: content.content });
    const [signer, ...others] = signed.signerInfos;
    const { eContentType, eContent } = signed.encapContentInfo;
    if (signer === undefined || others.length > 0) return null;
    if (eContentType !== id_eContentType_TSTInfo || eContent === undefined) return null;
    return { signed, info: TSTInfo.fromBER(eContent.getValue()), signer };
  } catch {
    // The parser throws on what is no token.
    return null;
  }
}

function partsOfReply(reply: Uint8Array): { status: PKIStatus | null; token: Buffer | null } {
  try {
    const { result } = fromBER(reply);
    const { status } = new TimeStampResp({ schema: result });
    const token = result instanceof Sequence ? result.valueBlock.value[1] : undefined;
    // The bytes as they came: encoded anew they may differ from what was signed.
    return {
      status: status.status,
      token: token === undefined ? null : Buffer.from(token.valueBeforeDecodeView),
    };
  } catch {
    return { status: null, token: null };
  }
}

const isImprintOf = ({ hashAlgorithm, hashedMessage }: MessageImprint, text: string): boolean =>
  hashAlgorithm.algorithmId === id_sha256 && imprintOf(text).equals(Buffer.from(hashedMessage.getValue()));

function hasContentType({ signedAttrs }: SignerInfo): boolean {
  const stated = signedAttrs?.attributes.find(({ type }) => type === id_contentType)?.values[0];
  return stated instanceof ObjectIdentifier && stated.getValue() === id_eContentType_TSTInfo;
}

const isKnown = ({ algorithmId }: AlgorithmIdentifier): boolean => 'name' in getAlgorithmByOID(algorithmId);

/** @returns the certificate it was signed by; `null`: the signature does not hold */
async function verifySigned(signed: SignedData, text: string): Promise<Certificate | null> {
  try {
    const result = await signed.verify({ signer: 0, data: bytesOf(text), extendedMode: true });
    return result.signatureVerified === true ? (result.signerCertificate ?? null) : null;
  } catch (error) {
    if (error instanceof SignedDataVerifyError) return null;
    throw error;
  }
}

/** `null`: OpenSSL is stricter than PKI.js, and does not take it for one. */
function certificateOf(certificate: Certificate): X509Certificate | null {
  try {
    return new X509Certificate(Buffer.from(certificate.toSchema().toBER()));
  } catch {
    return null;
  }
}

/** RFC 3161, 2.3: a key that signs time stamps signs nothing else, and its certificate says so. */
function isForTimestamps({ extensions }: Certificate): boolean {
  const usage = extensions?.find(({ extnID }) => extnID === id_ExtKeyUsage);
  if (usage?.critical !== true || !(usage.parsedValue instanceof ExtKeyUsage)) return false;
  const { keyPurposes } = usage.parsedValue;
  return keyPurposes.length === 1 && keyPurposes[0] === id_kp_timeStamping;
}

const isAmong = (trusted: readonly X509Certificate[], certificate: X509Certificate): boolean =>
  trusted.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256);

const isValidAt = ({ validFrom, validTo }: X509Certificate, time: Date): boolean =>
  new Date(validFrom) <= time && time <= new Date(validTo);

/** PKI.js takes the time of the token for that of the check. */
async function leadsTo(
  trusted: readonly X509Certificate[],
  signed: SignedData,
  text: string,
): Promise<boolean> {
  try {
    return await signed.verify({
      signer: 0,
      data: bytesOf(text),
      checkChain: true,
      passedWhenNotRevValues: true,
      trustedCerts: trusted.map(({ raw }) => Certificate.fromBER(raw)),
    });
  } catch (error) {
    if (error instanceof SignedDataVerifyError) return false;
    throw error;
  }
}

const nameOf = ({ subject }: X509Certificate): string => subject.split('\n').join(', ');

const imprintOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const bytesOf = (text: string): ArrayBuffer => arrayBufferOf(Buffer.from(text));

/** Small buffers of Node are windows into a larger one. */
const arrayBufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

const integerOf = (bytes: Uint8Array): Integer =>
  Integer.fromBigInt(BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
