import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import { api } from '../api.ts';
import { download } from '../download.ts';
import { useText } from '../language.tsx';

interface FileOfFindings {
  readonly form: 'csv' | 'json';
  /** Ids of what is in it. */
  readonly findings: readonly string[];
  readonly name: string;
  readonly content: string;
}

const types = { csv: 'text/csv;charset=utf-8', json: 'application/json' } as const;

/** Saves findings as a file, once that they are saved is on record. */
export function useExport() {
  const { pick } = useText();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: ({ form, findings }: FileOfFindings) => api.findingsExported(form, findings),
    onSuccess: (_recorded, { form, name, content }) => download(name, types[form], content),
    onError: (error) => void message.error(pick(error.text)),
  });
}
