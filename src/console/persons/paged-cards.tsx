/** A list on a phone, where a table has no room: cards, a page of them at a time. */
import { Pagination } from 'antd';
import { type ReactNode, useState } from 'react';

const pageSize = 20;

export function PagedCards<Item>({
  items,
  className = '',
  children,
}: {
  items: readonly Item[];
  className?: string;
  children: (item: Item) => ReactNode;
}) {
  const [page, setPage] = useState(1);
  return (
    <>
      <ul className={`finding-cards ${className}`}>
        {items.slice((page - 1) * pageSize, page * pageSize).map(children)}
      </ul>
      {items.length > pageSize && (
        <div className="list-foot">
          <Pagination
            simple
            current={page}
            pageSize={pageSize}
            total={items.length}
            showSizeChanger={false}
            onChange={setPage}
          />
        </div>
      )}
    </>
  );
}
