/** What may be typed at a place of a JSON text, from a JSON Schema: names of members, and values that it lists. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SchemaNode } from './schema-node.ts';

/** What was typed is read to the end before anything is offered, but nobody waits longer for it. */
const parseMs = 500;

type TreeNode = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>;

export function completionsFrom(root: SchemaNode) {
  return ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const node = (ensureSyntaxTree(state, pos, parseMs) ?? syntaxTree(state)).resolveInner(pos, -1);
    const word = wordAt(state, node, pos);
    if (!explicit && word === null) return null;
    const place = placeAt(state, node);
    const schemas = schemasAt(root, state, place.containers);
    const options = place.isName
      ? nameOptions(schemas, membersOf(state, place.containers.at(-1)))
      : valueOptions(schemasOfValue(root, state, schemas, place));
    return options.length === 0 ? null : { from: word?.from ?? pos, to: word?.to ?? pos, options };
  };
}

/** The word that is being typed, with its quotes. */
function wordAt(state: EditorState, node: TreeNode, pos: number): { from: number; to: number } | null {
  if (node.name === 'String' || node.name === 'PropertyName') {
    const line = state.doc.lineAt(pos);
    return { from: node.from, to: Math.min(node.to, line.to) };
  }
  const typed = /[\w"-]+$/.exec(state.sliceDoc(Math.max(0, pos - 80), pos));
  return typed === null ? null : { from: pos - typed[0].length, to: pos };
}

interface Place {
  /** Objects and lists around it, the outermost first. */
  readonly containers: readonly TreeNode[];
  readonly isName: boolean;
  /** Member whose value it is. */
  readonly member: string | null;
}

function placeAt(state: EditorState, node: TreeNode): Place {
  const containers: TreeNode[] = [];
  let member: string | null = null;
  for (let at: TreeNode | null = node; at !== null; at = at.parent) {
    if (at.name === 'Object' || at.name === 'Array') containers.unshift(at);
    if (at.name === 'Property' && containers.length === 0) member ??= memberName(state, at);
  }
  const inner = containers.at(-1);
  const isName = inner?.name === 'Object' && (node.name === 'PropertyName' || member === null);
  return { containers, isName, member };
}

function memberName(state: EditorState, property: TreeNode): string | null {
  const name = property.getChild('PropertyName');
  return name === null ? null : unquoted(state.sliceDoc(name.from, name.to));
}

const unquoted = (text: string): string => text.replace(/^"|"$/g, '');

function membersOf(state: EditorState, object: TreeNode | undefined): string[] {
  return (object?.getChildren('Property') ?? []).flatMap((property) => memberName(state, property) ?? []);
}

/** The plain schemas that hold for the innermost container. */
function schemasAt(root: SchemaNode, state: EditorState, containers: readonly TreeNode[]): SchemaNode[] {
  let schemas = plain(root, [root], state, containers[0]);
  for (const [index, container] of containers.entries()) {
    const inner = containers[index + 1];
    if (inner === undefined) break;
    const name = container.name === 'Object' ? nameOfChild(state, container, inner) : null;
    schemas = plain(root, childSchemas(schemas, container.name === 'Array', name), state, inner);
  }
  return schemas;
}

const schemasOfValue = (
  root: SchemaNode,
  state: EditorState,
  schemas: readonly SchemaNode[],
  { containers, member }: Place,
): SchemaNode[] =>
  plain(root, childSchemas(schemas, containers.at(-1)?.name === 'Array', member), state, undefined);

function nameOfChild(state: EditorState, object: TreeNode, inner: TreeNode): string | null {
  const around = object.getChildren('Property').find(({ from, to }) => from <= inner.from && inner.to <= to);
  return around === undefined ? null : memberName(state, around);
}

const childSchemas = (schemas: readonly SchemaNode[], isList: boolean, name: string | null): SchemaNode[] =>
  schemas.flatMap(({ items, properties, additionalProperties }) => {
    if (isList) return items ?? [];
    const own =
      name !== null && properties !== undefined && Object.hasOwn(properties, name)
        ? properties[name]
        : undefined;
    return own ?? (typeof additionalProperties === 'object' ? additionalProperties : []);
  });

/** References followed and alternatives opened; of conditional parts those that hold for the object as it stands. */
function plain(
  root: SchemaNode,
  schemas: readonly SchemaNode[],
  state: EditorState,
  object: TreeNode | undefined,
): SchemaNode[] {
  return schemas.flatMap((schema): SchemaNode[] => {
    const target = schema.$ref === undefined ? undefined : referred(root, schema.$ref);
    if (target !== undefined) return plain(root, [target], state, object);
    const parts = [
      ...(schema.anyOf ?? []),
      ...(schema.oneOf ?? []),
      ...(schema.allOf ?? []).flatMap((part) =>
        part.if === undefined
          ? part
          : part.then !== undefined && holds(part.if, state, object)
            ? part.then
            : [],
      ),
    ];
    return [schema, ...plain(root, parts, state, object)];
  });
}

const referred = (root: SchemaNode, ref: string): SchemaNode | undefined =>
  ref === '#' ? root : root.$defs?.[ref.replace('#/$defs/', '')];

const holds = (condition: SchemaNode, state: EditorState, object: TreeNode | undefined): boolean =>
  Object.entries(condition.properties ?? {}).every(([name, { const: wanted }]) =>
    (object?.getChildren('Property') ?? []).some((property) => {
      const value = property.lastChild;
      return (
        memberName(state, property) === name &&
        value !== null &&
        unquoted(state.sliceDoc(value.from, value.to)) === wanted
      );
    }),
  );

function nameOptions(schemas: readonly SchemaNode[], taken: readonly string[]): Completion[] {
  const options = new Map<string, Completion>();
  for (const { properties } of schemas)
    for (const [name, { description }] of Object.entries(properties ?? {}))
      if (!taken.includes(name) && !options.has(name))
        options.set(name, {
          label: JSON.stringify(name),
          type: 'property',
          ...(description === undefined ? {} : { detail: description }),
          apply: `${JSON.stringify(name)}: `,
        });
  return [...options.values()];
}

function valueOptions(schemas: readonly SchemaNode[]): Completion[] {
  const options = new Map<string, Completion>();
  for (const { const: only, enum: listed, type, description } of schemas) {
    const values = [
      ...(only === undefined ? [] : [only]),
      ...(listed ?? []),
      ...(type === 'boolean' ? [true, false] : []),
    ];
    for (const value of values) {
      const label = JSON.stringify(value);
      options.set(label, {
        label,
        type: 'constant',
        ...(only === undefined || description === undefined ? {} : { detail: description }),
      });
    }
  }
  return [...options.values()];
}
