/** Filters of the queue that somebody named: they open with a click, on every machine that they sign in at. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Popconfirm } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import {
  filterNameMax,
  type QueueFilter,
  type QueueQuery,
  type SavedFilters as Saved,
  savedFiltersMax,
} from '../../cases/review-contract.ts';
import { Failure } from '../failure.tsx';
import { FormModal } from '../form-modal.tsx';
import { NoIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { reviewsApi, savedFiltersQuery } from '../reviews-api.ts';
import { isNarrowed } from './filters.tsx';

const filterOf = ({ after: _after, page_size: _size, ...filter }: QueueQuery): QueueFilter => filter;

export function SavedFilters({ query }: { query: QueueQuery }) {
  const { t } = useText();
  const saved = useQuery(savedFiltersQuery);
  const [isNaming, setNaming] = useState(false);
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: reviewsApi.removeFilter,
    onSuccess: (left) => queryClient.setQueryData(savedFiltersQuery.queryKey, left),
  });
  const present = filterOf(query);
  const filters = saved.data?.filters ?? [];
  const isPresent = ({ filter }: Saved['filters'][number]): boolean =>
    filter !== null && paths.reviews(filter) === paths.reviews(present);
  const canSave = saved.data !== undefined && isNarrowed(query) && !filters.some(isPresent);
  const whyNot =
    filters.length < savedFiltersMax ? undefined : t('filter.saved_max', { max: savedFiltersMax });
  return (
    <>
      {saved.error !== null && <Failure error={saved.error} onRetry={() => void saved.refetch()} />}
      {(filters.length > 0 || canSave) && (
        <div className="saved-filters">
          {filters.length > 0 && (
            <ul aria-label={t('filter.saved')}>
              {filters.map((one) => (
                <li key={one.name}>
                  {one.filter === null ? (
                    <span className="quiet">
                      {one.name} <small>{t('filter.outdated')}</small>
                    </span>
                  ) : (
                    <Link to={paths.reviews(one.filter)} aria-current={isPresent(one)}>
                      {one.name}
                    </Link>
                  )}
                  <Popconfirm
                    title={t('filter.remove_sure', { name: one.name })}
                    okText={t('filter.remove_saved')}
                    onConfirm={() => remove.mutate(one.name)}
                  >
                    <Button
                      type="text"
                      size="small"
                      icon={<NoIcon />}
                      aria-label={t('filter.remove_named', { name: one.name })}
                    />
                  </Popconfirm>
                </li>
              ))}
            </ul>
          )}
          {canSave && (
            <Button
              size="small"
              disabled={whyNot !== undefined}
              title={whyNot}
              onClick={() => setNaming(true)}
            >
              {t('filter.save')}
            </Button>
          )}
        </div>
      )}
      {remove.error !== null && <Failure error={remove.error} />}
      <FormModal<{ name: string }, Saved>
        isOpen={isNaming}
        title={t('filter.save')}
        changes={savedFiltersQuery.queryKey}
        initialValues={{}}
        send={({ name }) => reviewsApi.saveFilter({ name, filter: present })}
        onClose={() => setNaming(false)}
      >
        <Form.Item
          label={t('filter.name')}
          name="name"
          extra={t('filter.name_note')}
          rules={[{ required: true, whitespace: true, message: t('filter.name_needed') }]}
        >
          <Input maxLength={filterNameMax} showCount />
        </Form.Item>
      </FormModal>
    </>
  );
}
