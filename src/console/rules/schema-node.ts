/** The parts of a JSON Schema that completion reads. */
import { z } from 'zod';

type Maybe<Value> = Value | undefined;
export interface SchemaNode {
  readonly $ref?: Maybe<string>;
  readonly $defs?: Maybe<Readonly<Record<string, SchemaNode>>>;
  readonly properties?: Maybe<Readonly<Record<string, SchemaNode>>>;
  readonly additionalProperties?: Maybe<SchemaNode | boolean>;
  readonly items?: Maybe<SchemaNode>;
  readonly anyOf?: Maybe<readonly SchemaNode[]>;
  readonly oneOf?: Maybe<readonly SchemaNode[]>;
  readonly allOf?: Maybe<readonly SchemaNode[]>;
  readonly if?: Maybe<SchemaNode>;
  readonly then?: Maybe<SchemaNode>;
  readonly const?: Maybe<unknown>;
  readonly enum?: Maybe<readonly unknown[]>;
  readonly type?: Maybe<unknown>;
  readonly description?: Maybe<string>;
}

export const schemaNodeSchema: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    $defs: z.record(z.string(), schemaNodeSchema).optional(),
    properties: z.record(z.string(), schemaNodeSchema).optional(),
    additionalProperties: z.union([z.boolean(), schemaNodeSchema]).optional(),
    items: schemaNodeSchema.optional(),
    anyOf: z.array(schemaNodeSchema).optional(),
    oneOf: z.array(schemaNodeSchema).optional(),
    allOf: z.array(schemaNodeSchema).optional(),
    if: schemaNodeSchema.optional(),
    // oxlint-disable-next-line unicorn/no-thenable -- the name that JSON Schema gives it
    then: schemaNodeSchema.optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    type: z.unknown().optional(),
    description: z.string().optional(),
  }),
);
