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
        : english.select(numberOf(values[name])) === 'one'
          ? one
          : many,
  );

const numberOf = (value: string | number | undefined): number =>
  typeof value === 'string' ? Number(value.replaceAll(',', '')) : (value ?? Number.NaN);
