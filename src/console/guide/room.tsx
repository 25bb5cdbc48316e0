/** 规则编写指南: what lies beside the rules as Markdown, for those who read it here. */
import { useQuery } from '@tanstack/react-query';
import { Card, Segmented } from 'antd';
import { Markdown } from 'markdown-to-jsx/react';
import type { ReactNode } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { type GuideName, guideNames } from '../../rules/contract.ts';
import { Asked } from '../asked.tsx';
import { useText } from '../language.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { guideQuery } from '../queries.ts';

const skeletonRows = 16;
/** The files as they name each other. */
const files: Readonly<Record<string, GuideName>> = { 'guide.md': 'writing', 'README.md': 'reference' };

export function GuideRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const { name: given } = useParams();
  const name = guideNames.find((known) => known === given) ?? 'writing';
  const asked = useQuery(guideQuery(name));
  return (
    <>
      <PageHead
        title={t(`guide.${name}`)}
        note={t('guide.language')}
        extra={
          <Segmented<GuideName>
            value={name}
            options={guideNames.map((each) => ({ value: each, label: t(`guide.short.${each}`) }))}
            onChange={(chosen) => void navigate(paths.guide(chosen))}
          />
        }
      />
      <Asked of={asked} rows={skeletonRows}>
        {(found) => (
          <Card className="guide" lang="zh">
            <Markdown options={markdown}>{found.text}</Markdown>
          </Card>
        )}
      </Asked>
    </>
  );
}

const markdown = {
  disableParsingRawHTML: true,
  overrides: { a: GuideLink, table: ScrolledTable },
};

/** A link to the other file stays within the console; others lead to a heading of this one. */
function GuideLink({ href = '', children }: { href?: string; children?: ReactNode }) {
  const name = files[href];
  return name === undefined ? <a href={href}>{children}</a> : <Link to={paths.guide(name)}>{children}</Link>;
}

function ScrolledTable({ children }: { children?: ReactNode }) {
  return (
    <div className="guide-table">
      <table>{children}</table>
    </div>
  );
}
