/** How a file is chosen: a button in words of ours, because what a browser shows of such an input is in its own language. */
import { Button, type ButtonProps } from 'antd';
import { useRef } from 'react';
import { sizeOf } from './format.ts';
import { useText } from './language.tsx';

interface Chooser {
  /** Endings that are offered, as `.csv,.xlsx`. */
  readonly accept: string;
  readonly isMany?: boolean;
  /** What the input is called. */
  readonly name: string;
}

/** Hands on what was chosen, at least one file. */
export function FileButton({
  accept,
  isMany = false,
  name,
  onFiles,
  ...shown
}: Chooser & {
  readonly onFiles: (files: readonly [File, ...File[]]) => void;
} & Pick<ButtonProps, 'children' | 'disabled' | 'loading' | 'size' | 'title'>) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        className="file-input"
        type="file"
        hidden
        multiple={isMany}
        accept={accept}
        aria-label={name}
        onChange={({ target }) => {
          const [first, ...more] = target.files ?? [];
          // The same file can be chosen again after it was refused.
          target.value = '';
          if (first !== undefined) onFiles([first, ...more]);
        }}
      />
      <Button {...shown} onClick={() => chooser.current?.click()} />
    </>
  );
}

/** One file and what it is called; `value` and `onChange` may come from the field of a form. */
export function FileChoice({
  value = null,
  onChange,
  ...chooser
}: Chooser & { readonly value?: File | null; readonly onChange?: (file: File) => void }) {
  const { t } = useText();
  return (
    <div className="review-acts">
      <FileButton {...chooser} onFiles={([file]) => onChange?.(file)}>
        {t('file.choose')}
      </FileButton>
      {value !== null && (
        <span className="break">
          {value.name} <small className="quiet number">{sizeOf(value.size)}</small>
        </span>
      )}
    </div>
  );
}
