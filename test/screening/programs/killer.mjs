/**
 * Loaded into a real worker before anything else: a claim that kills whoever takes it into a timeline, as one would that needs more memory
 * than there is. Reading the claim is harmless.
 */
const killers = (process.env['KILLERS'] ?? '').split(' ');
const parse = JSON.parse;

JSON.parse = (text, reviver) => {
  const value = parse(text, reviver);
  if (killers.includes(value?.setl_id)) {
    const { settlement } = value;
    Object.defineProperty(value, 'settlement', {
      enumerable: true,
      get: () => {
        if (/timeline\.ts/.test(new Error('who asks?').stack ?? '')) process.kill(process.pid, 'SIGKILL');
        return settlement;
      },
    });
  }
  return value;
};
