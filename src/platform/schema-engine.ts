import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';

/**
 * Instantiates the WebAssembly module of Prisma's schema engine by hand: the package's own entry imports a .wasm file as a module,
 * which Node 20 does not do.
 */
let engineLoading: Promise<typeof glue.SchemaEngine> | undefined;

export function loadSchemaEngine(): Promise<typeof glue.SchemaEngine> {
  engineLoading ??= load();
  return engineLoading;
}

/** The engine reports a panic to this global before it dies; without it the panic's message would be lost. */
declare global {
  var PRISMA_WASM_PANIC_REGISTRY: { set_message(message: string): void } | undefined;
}

async function load(): Promise<typeof glue.SchemaEngine> {
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= {
    set_message: (message) => process.stderr.write(`schema engine: ${message}\n`),
  };
  const gluePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(gluePath.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': { ...glue, ...timersThatHoldNothing() },
  });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start !== 'function')
    throw new Error('the schema engine has no __wbindgen_start: another version is installed');
  start();
  return glue.SchemaEngine;
}

/** The engine sets a timer of 10 s for each command and never clears it; a command line that is done must not wait for it. */
function timersThatHoldNothing(): WebAssembly.ModuleImports {
  const names = Object.keys(glue).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const setUnreferenced = (callback: () => void, ms: number): NodeJS.Timeout =>
    setTimeout(callback, ms).unref();
  return Object.fromEntries(names.map((name) => [name, setUnreferenced]));
}
