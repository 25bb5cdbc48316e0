/**
 * OpenAPI 3.1, generated from the zod schemas of the contracts. A test walks the routes of the running application and fails when one is
 * missing here or here without a route.
 */
import { z } from 'zod';
import type { Operation } from './operation.ts';
import { errorContent, operations } from './operations.ts';

type Json = Record<string, unknown>;

/** @param version of the product, as in package.json */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:([a-z_]+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: '基金守望 fundwatch',
      version,
      description: '医保基金监管规则引擎 / rules engine for the supervision of the medical-insurance fund',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
  };
}

function describe(operation: Operation): Json {
  const parameters = [
    ...[...operation.path.matchAll(/:([a-z_]+)/g)].map((match) => ({
      name: match[1],
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryParameters(operation.query),
  ];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: `${operation.summary.zh} / ${operation.summary.en}`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, content: content(operation.body, 'input') } }),
    responses: {
      200: {
        description: '成功 / done',
        content: content(operation.response, 'output'),
      },
      ...Object.fromEntries(
        operation.errors.map(({ status, when }) => [
          String(status),
          { description: `${when.zh} / ${when.en}`, content: content(errorContent, 'output') },
        ]),
      ),
    },
  };
}

function content(types: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Json {
  return Object.fromEntries(
    Object.entries(types).map(([type, schema]) => [type, { schema: schemaOf(schema, io) }]),
  );
}

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (query === undefined) return [];
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !z.safeParse(schema, undefined).success,
    schema: schemaOf(schema, 'input'),
  }));
}

function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}
