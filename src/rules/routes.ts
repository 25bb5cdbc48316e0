/** HTTP of the rule library, read-only. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type Router } from 'express';
import { allow } from '../people/allow.ts';
import { projectRoot } from '../platform/project.ts';
import type { CoverageRow, FactsList, GuideName, RulesList } from './contract.ts';
import { plainFacts } from './facts.ts';
import type { RuleSet } from './library.ts';
import { ruleJsonSchema } from './schema.ts';

/**
 * @param current the rules in force, as this process last saw them
 * @param coverage from `coverageOf`
 */
export function ruleRoutes(current: () => RuleSet, coverage: readonly CoverageRow[]): Router {
  const router = express.Router();
  const listOf = (ruleSet: RuleSet): RulesList => ({
    version: ruleSet.version,
    rules: ruleSet.rules.map(({ version, document, tables }) => ({ version, document, tables })),
  });
  const facts: FactsList['facts'] = Object.entries(plainFacts).map(([name, { title, type, unit }]) => ({
    name,
    title,
    type,
    ...(unit === undefined ? {} : { unit }),
  }));
  const tables = (): FactsList['tables'] =>
    [...current().knowledge.tables.values()].map(({ spec }) => ({ table: spec.table, title: spec.title }));
  const schema = ruleJsonSchema();
  router.get('/rules', allow('rules.read'), (_request, response) => {
    response.json(listOf(current()));
  });
  router.get('/rules/coverage', allow('rules.read'), (_request, response) => {
    response.json({ rows: coverage });
  });
  router.get('/facts', allow('rules.read'), (_request, response) => {
    response.json({ facts, tables: tables() } satisfies FactsList);
  });
  for (const [name, text] of Object.entries(guides()))
    router.get(`/guides/${name}`, allow('rules.read'), (_request, response) => {
      response.json({ text });
    });
  router.get('/schemas/rule', allow('public'), (_request, response) => {
    response.type('application/schema+json').json(schema);
  });
  return router;
}

/** They lie beside the rules that are shipped, where people without a console read them. */
const guides = (): Record<GuideName, string> => ({
  writing: guideText('guide.md'),
  reference: guideText('README.md'),
});
const guideText = (file: string): string => readFileSync(path.join(projectRoot, 'rules', file), 'utf8');
