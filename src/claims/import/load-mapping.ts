import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../platform/project.ts';
import { type CompiledMapping, compileMapping } from './compile.ts';
import { InputError } from './input-error.ts';
import { parseMapping } from './mapping.ts';

/** CSV files whose headers are the national field names. */
export const defaultMapping = 'national';
const productMappings = path.join(projectRoot, 'rules/mappings');

/** @param nameOrPath `national`, or a path that ends in `.json` */
export async function loadMapping(
  nameOrPath: string,
  mappingsDir: string = productMappings,
): Promise<CompiledMapping> {
  const { text, fileName } = await readMappingText(nameOrPath, mappingsDir);
  return compileMapping(parseMapping(text, fileName), fileName);
}

/** The bytes of a mapping: part of the fingerprint of an import, because another mapping makes other claims. */
export async function readMappingText(
  nameOrPath: string,
  mappingsDir: string = productMappings,
): Promise<{ text: string; fileName: string }> {
  const file = nameOrPath.endsWith('.json') ? nameOrPath : path.join(mappingsDir, `${nameOrPath}.json`);
  try {
    return { text: await readFile(file, 'utf8'), fileName: path.basename(file) };
  } catch (cause) {
    throw new InputError({ zh: `找不到映射文件 ${file}`, en: `There is no mapping file ${file}` }, [], cause);
  }
}
