/** Several rows of a list, chosen for one act. */
import { Button, Checkbox } from 'antd';
import { type ReactNode, useState } from 'react';
import { count } from './format.ts';
import { useText } from './language.tsx';

export interface Selection<Item> {
  readonly max: number;
  readonly canPick: (item: Item) => boolean;
  readonly isPicked: (item: Item) => boolean;
  readonly toggle: (item: Item) => void;
  /** Those of them that are on the page: what has left the list meanwhile is not acted on with the rest. */
  readonly picked: readonly Item[];
  readonly selectPage: () => void;
  readonly selectNone: () => void;
}

/**
 * @param max how many one act takes
 * @param canPick with which of them the act can be done
 */
export function useSelection<Item>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  max: number,
  canPick: (item: Item) => boolean = () => true,
): Selection<Item> {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const isPicked = (item: Item): boolean => selected.has(idOf(item));
  const picked = items.filter(isPicked);
  return {
    max,
    canPick,
    isPicked,
    picked,
    selectPage: () => setSelected(new Set(items.filter(canPick).slice(0, max).map(idOf))),
    selectNone: () => setSelected(new Set()),
    toggle: (item) => {
      const next = new Set(selected);
      if (!next.delete(idOf(item)) && picked.length < max && canPick(item)) next.add(idOf(item));
      setSelected(next);
    },
  };
}

/** @param children what can be done with those that are selected */
export function SelectionBar({
  selection: { picked, max, selectPage, selectNone },
  children,
}: {
  selection: Pick<Selection<unknown>, 'picked' | 'max' | 'selectPage' | 'selectNone'>;
  children: ReactNode;
}) {
  const { t } = useText();
  return (
    <div className="review-bar">
      <span data-testid="selected">{t('review.selected', { n: count(picked.length), max })}</span>
      <Button size="small" onClick={selectPage}>
        {t('review.select_page')}
      </Button>
      <Button size="small" disabled={picked.length === 0} onClick={selectNone}>
        {t('review.select_none')}
      </Button>
      {children}
    </div>
  );
}

/** @param name of the row, for who hears it */
export function PickBox<Item>({
  item,
  name,
  selection,
}: {
  item: Item;
  name: string;
  selection: Selection<Item>;
}) {
  const { t } = useText();
  return (
    <Checkbox
      aria-label={t('review.select', { n: name })}
      checked={selection.isPicked(item)}
      disabled={!selection.canPick(item)}
      onChange={() => selection.toggle(item)}
    />
  );
}
