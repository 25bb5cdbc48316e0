/**
 * Loaded into a real worker before anything else: a claim that kills whoever takes it into a timeline, as one would that needs more memory
 * than there is. Reading the claim is harmless.
 */
const killers = (process.env['KILLERS'] ?? '').split(' ');
const parse = JSON.parse;
// oxlint-disable-next-line typescript/unbound-method -- always called on a text
const includes = String.prototype.includes;

// The quick reader leaves texts with something escaped to JSON.parse, where the trap is.
// oxlint-disable-next-line eslint/no-extend-native -- this process is to be killed, and nothing else runs in it
String.prototype.includes = function (wanted, from) {
  const isKiller = () => killers.some((id) => id !== '' && includes.call(this, `"setl_id":"${id}"`));
  return includes.call(this, wanted, from) || (wanted === '\\' && isKiller());
};

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
