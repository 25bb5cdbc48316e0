/** The language of the console: Chinese until somebody chooses English; the choice is remembered in this browser. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { Message } from '../claims/contract.ts';
import { fill } from '../platform/fill-contract.ts';
import { type MessageKey, type MessageValues, messages } from './messages.ts';

export type Language = 'zh' | 'en';

export interface Text {
  readonly language: Language;
  /** A text of the catalogue with its placeholders filled. */
  readonly t: <Key extends MessageKey>(key: Key, ...values: MessageValues<Key>) => string;
  /** The half of a message that came over the API. */
  readonly pick: (message: Message) => string;
}

const storageKey = 'fundwatch.language';

/** Storage may be forbidden by the browser's policy; then the choice lasts as long as the page. */
function rememberedLanguage(): Language {
  try {
    return localStorage.getItem(storageKey) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}

function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Nothing to do: see above.
  }
}

export function textIn(language: Language): Text {
  return {
    language,
    pick: (message) => message[language],
    t: (key, ...values) => fill(messages[key][language], values[0] ?? {}),
  };
}

const LanguageContext = createContext<Text & { choose: (language: Language) => void }>({
  ...textIn('zh'),
  choose: () => undefined,
});

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(rememberedLanguage);
  const choose = useCallback((chosen: Language) => {
    rememberLanguage(chosen);
    setLanguage(chosen);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const value = useMemo(() => ({ ...textIn(language), choose }), [language, choose]);
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

export const useText = (): Text => useContext(LanguageContext);
export const useChooseLanguage = (): ((language: Language) => void) => useContext(LanguageContext).choose;
