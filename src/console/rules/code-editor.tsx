/** A text of JSON to be edited: CodeMirror with what the schema offers and with issues at their places. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import {
  bracketMatching,
  defaultHighlightStyle,
  foldGutter,
  foldKeymap,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { type Ref, useEffect, useEffectEvent, useImperativeHandle, useRef } from 'react';
import { useText } from '../language.tsx';
import { placed, placeOf } from './json-place.ts';
import type { CheckIssue } from '../../rulebook/contract.ts';
import { completionsFrom } from './schema-completion.ts';
import type { SchemaNode } from './schema-node.ts';

export interface CodeEditorHandle {
  /** Puts the cursor where the value of a JSON path stands. */
  readonly goTo: (path: string) => void;
}

export function CodeEditor(props: {
  value: string;
  onChange: (value: string) => void;
  issues: readonly CheckIssue[];
  label: string;
  schema?: SchemaNode | undefined;
  isShort?: boolean;
  ref?: Ref<CodeEditorHandle>;
}) {
  const { value, issues, label, schema } = props;
  const { pick } = useText();
  const frame = useRef<HTMLDivElement>(null);
  const held = useRef<EditorView>(null);
  const completion = useRef(new Compartment());
  const changed = useEffectEvent((text: string) => props.onChange(text));

  useEffect(() => {
    if (frame.current === null) return undefined;
    const view = new EditorView({
      parent: frame.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          ...basics,
          completion.current.of(autocompletion({ override: [] })),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) changed(state.doc.toString());
          }),
        ],
      }),
    });
    held.current = view;
    return () => {
      view.destroy();
      held.current = null;
    };
    // The text goes in by the next effect; a new label is a new language, and a new editor.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [label]);

  useEffect(() => {
    const view = held.current;
    if (view === null || view.state.doc.toString() === value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
  }, [value, label]);

  useEffect(() => {
    const view = held.current;
    if (view === null) return;
    const { length } = view.state.doc;
    const diagnostics = placed(view.state.doc.toString(), issues).map(
      ({ start, end, message }): Diagnostic => ({
        from: Math.min(start, length),
        to: Math.min(end, length),
        severity: 'error',
        message: pick(message),
      }),
    );
    view.dispatch(setDiagnostics(view.state, diagnostics));
  }, [issues, pick, label]);

  useEffect(() => {
    const override = schema === undefined ? [] : [completionsFrom(schema)];
    held.current?.dispatch({ effects: completion.current.reconfigure(autocompletion({ override })) });
  }, [schema, label]);

  useImperativeHandle(props.ref, () => ({
    goTo: (path) => {
      const view = held.current;
      if (view === null) return;
      const { start, end } = placeOf(view.state.doc.toString(), path);
      view.focus();
      view.dispatch({ selection: { anchor: start, head: end }, scrollIntoView: true });
    },
  }));

  return (
    <div ref={frame} className={props.isShort === true ? 'code-editor code-editor-short' : 'code-editor'} />
  );
}

const basics = [
  lineNumbers(),
  foldGutter(),
  lintGutter(),
  history(),
  drawSelection(),
  indentUnit.of('  '),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  syntaxHighlighting(defaultHighlightStyle),
  json(),
  EditorView.lineWrapping,
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    indentWithTab,
  ]),
];
