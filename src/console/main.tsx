import './zod-without-eval.ts';
import './style.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import 'dayjs/locale/zh-cn';
import dayjs from 'dayjs';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { LanguageProvider, useText } from './language.tsx';
import { useStill } from './media.ts';
import { makeQueryClient } from './queries.ts';
import { router } from './router.tsx';
import { stillTheme, theme } from './theme.ts';

const queryClient = makeQueryClient();

function Console() {
  const { language } = useText();
  const isStill = useStill();
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  }, [language]);
  return (
    <ConfigProvider
      theme={isStill ? stillTheme : theme}
      locale={language === 'zh' ? zhCN : enUS}
      // Two characters of a Chinese button are not spread apart: labels stay findable and dense.
      button={{ autoInsertSpace: false }}
    >
      <AntApp component={false}>
        <RouterProvider router={router} />
      </AntApp>
    </ConfigProvider>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LanguageProvider>
        <Console />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
