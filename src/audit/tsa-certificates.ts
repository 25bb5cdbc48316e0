import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Certificates of a PEM file: of time stamping authorities, or of those who certify them.
 * @throws when there is none, or one cannot be read
 */
export async function tsaCertificates(file: string): Promise<X509Certificate[]> {
  const blocks = (await readFile(file, 'utf8')).match(certificateBlock) ?? [];
  if (blocks.length === 0)
    throw new Error(`文件中没有证书（PEM）：${file} / there is no certificate in the file`);
  return blocks.map((pem) => new X509Certificate(pem));
}
