/** English bends a word to the number beside it, for texts of the catalogue and of the server alike. Pure. */

const english = new Intl.PluralRules('en');

/**
 * A text with its placeholders filled: `{n}` by its value, `{n|finding|findings}` by the word that English wants beside that number.
 * A count comes as a number or as it is written, `1,234`; without a value, and for what is no number, it is many.
 */
export const fill = (template: string, values: Readonly<Record<string, string | number>>): string =>
  template.replace(
    /\{([a-z_]+)(?:\|([^|}]*)\|([^|}]*))?\}/g,
    (whole, name: string, one: string | undefined, many: string | undefined) =>
      one === undefined || many === undefined
        ? String(values[name] ?? whole)
        : bent(numberOf(values[name]), one, many),
  );

/** A number with its word, for texts that are put together in code: `1 point`, `0.5 points`. */
export const countText = (n: string | number, one: string, many = `${one}s`): string =>
  `${n} ${bent(numberOf(n), one, many)}`;

const bent = (n: number, one: string, many: string): string => (english.select(n) === 'one' ? one : many);

const numberOf = (value: string | number | undefined): number =>
  typeof value === 'string' ? Number(value.replaceAll(',', '')) : (value ?? Number.NaN);
