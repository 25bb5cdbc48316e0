/** A list in the form of a plan. */
import { Button } from 'antd';
import { type ReactNode, useContext } from 'react';
import { useText } from '../language.tsx';
import { PartFaults, type Path, PlanEditing } from './plan-fields.tsx';

const movedUp = <Entry,>(entries: readonly Entry[], place: number): Entry[] => [
  ...entries.slice(0, place - 1),
  ...entries.slice(place, place + 1),
  ...entries.slice(place - 1, place),
  ...entries.slice(place + 1),
];

/** Each of its entries can go or come before others, and others come. */
export function Rows<Entry>({
  path,
  of,
  name,
  add,
  fresh,
  children,
}: {
  path: Path;
  of: readonly Entry[];
  name: (n: number) => string;
  add: string;
  fresh: () => unknown;
  children: (entry: Entry, path: Path) => ReactNode;
}) {
  const { t } = useText();
  const { put } = useContext(PlanEditing);
  return (
    <>
      {of.map((entry, place) => {
        const label = name(place + 1);
        return (
          <div key={label} role="group" aria-label={label} className="form-param">
            <div className="form-row">
              <b>{label}</b>
              {place > 0 && (
                <Button
                  size="small"
                  type="text"
                  aria-label={`${t('plan.move_up')} ${label}`}
                  onClick={() => put(path, movedUp(of, place))}
                >
                  {t('plan.move_up')}
                </Button>
              )}
              <Button
                size="small"
                type="text"
                aria-label={`${t('edit.remove')} ${label}`}
                onClick={() =>
                  put(
                    path,
                    of.filter((_, other) => other !== place),
                  )
                }
              >
                {t('edit.remove')}
              </Button>
            </div>
            {children(entry, [...path, place])}
            <PartFaults path={[...path, place]} />
          </div>
        );
      })}
      <div>
        <Button size="small" onClick={() => put(path, [...of, fresh()])}>
          {add}
        </Button>
      </div>
      <PartFaults path={path} />
    </>
  );
}
