/** Foot of a list that is asked for page by page; of a single page nothing. */
import { Pagination } from 'antd';

export function ListFoot({
  page,
  size,
  total,
  onPage,
}: {
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}) {
  if (total <= size) return null;
  return (
    <div className="list-foot">
      <Pagination
        simple
        current={page}
        pageSize={size}
        total={total}
        showSizeChanger={false}
        onChange={onPage}
      />
    </div>
  );
}
