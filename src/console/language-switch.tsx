import { Segmented } from 'antd';
import { type Language, useChooseLanguage, useText } from './language.tsx';

const isLanguage = (value: string): value is Language => value === 'zh' || value === 'en';

export function LanguageSwitch() {
  const { language, t } = useText();
  const choose = useChooseLanguage();
  return (
    <Segmented
      className="language-switch"
      size="small"
      aria-label={t('shell.language')}
      value={language}
      onChange={(value) => {
        if (isLanguage(value)) choose(value);
      }}
      options={[
        // Each language is named in itself, so that somebody who reads only one of them finds it.
        { value: 'zh', label: <span lang="zh-CN">{t('language.zh')}</span> },
        { value: 'en', label: <span lang="en">{t('language.en')}</span> },
      ]}
    />
  );
}
