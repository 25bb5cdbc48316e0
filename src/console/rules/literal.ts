/** Values of parameters and comparisons as somebody types them: a list has commas, and stays of the kind it was. */
type Scalar = string | number | boolean;
export type Literal = Scalar | Scalar[];

export const literalText = (value: Literal): string =>
  Array.isArray(value) ? value.join(', ') : String(value);

/** @param before decides the kind: a list of numbers stays one */
export function literalOf(text: string, before: Literal): Literal {
  if (!Array.isArray(before)) return scalarOf(text, before);
  const [first = ''] = before;
  return text.split(/[,\uff0c\u3001]\s*/).map((part) => scalarOf(part, first));
}

function scalarOf(text: string, before: Scalar): Scalar {
  if (typeof before === 'boolean') return text === 'true';
  return typeof before === 'number' && text.trim() !== '' && Number.isFinite(Number(text))
    ? Number(text)
    : text;
}
