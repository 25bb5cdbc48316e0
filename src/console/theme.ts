/** Colours and sizes. The same values stand as custom properties in `style.css`; a test compares the two. */
import type { ThemeConfig } from 'antd';
import type { Verdict } from '../rules/contract.ts';

export const palette = {
  accent: '#0f5c66',
  accentSoft: '#e6f0f1',
  ink: '#1c2a30',
  inkSoft: '#55656c',
  line: '#dde3e6',
  ground: '#f3f5f6',
  violation: '#b4232a',
  suspect: '#b45309',
  hint: '#1d5fae',
  good: '#2b7a4b',
} as const;

/** 违规 red, 可疑 orange, 提示 blue: each at least 4.5 : 1 on white. */
export const verdictColours: Readonly<Record<Verdict, string>> = {
  违规: palette.violation,
  可疑: palette.suspect,
  提示: palette.hint,
};

/** Only fonts that come with an operating system: nothing is fetched. */
export const fontFamily =
  '"Segoe UI", "Helvetica Neue", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", ' +
  '"Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif';
export const codeFontFamily =
  'Consolas, "SFMono-Regular", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace';

export const theme: ThemeConfig = {
  // One copy of Ant Design on the page: no need to tell its classes apart by a hash.
  hashed: false,
  token: {
    colorPrimary: palette.accent,
    colorInfo: palette.hint,
    colorError: palette.violation,
    colorWarning: palette.suspect,
    colorSuccess: palette.good,
    colorLink: palette.accent,
    // Made from so dark an accent, Ant Design's own light shades come out grey.
    colorPrimaryBg: palette.accentSoft,
    colorPrimaryBgHover: '#d3e5e7',
    controlItemBgActive: palette.accentSoft,
    controlItemBgActiveHover: '#d3e5e7',
    controlItemBgHover: palette.ground,
    colorErrorBg: '#fdf0ef',
    colorErrorBorder: '#ecc7c4',
    colorWarningBg: '#fdf4e7',
    colorWarningBorder: '#ecd3b0',
    colorInfoBg: '#edf3fb',
    colorSuccessBg: '#eaf5ee',
    colorSuccessBorder: '#bfe0cb',
    colorTextBase: palette.ink,
    colorTextSecondary: palette.inkSoft,
    colorTextDescription: palette.inkSoft,
    colorTextPlaceholder: '#6b7a81',
    colorBorderSecondary: palette.line,
    colorBgLayout: palette.ground,
    borderRadius: 4,
    fontSize: 14,
    fontFamily,
    fontFamilyCode: codeFontFamily,
    motionUnit: 0.06,
  },
  components: {
    Table: {
      headerBg: '#f0f3f4',
      headerColor: palette.inkSoft,
      rowHoverBg: '#f4f8f8',
      cellPaddingBlockSM: 7,
    },
    Card: { headerHeightSM: 42, bodyPaddingSM: 14, headerFontSizeSM: 15 },
    Menu: {
      itemHeight: 42,
      itemBorderRadius: 4,
      itemSelectedBg: palette.accentSoft,
      itemSelectedColor: palette.accent,
      itemActiveBg: palette.accentSoft,
      iconMarginInlineEnd: 10,
    },
    Progress: { defaultColor: palette.accent },
    Segmented: { trackBg: '#e3e9eb', itemSelectedColor: palette.accent, itemColor: palette.inkSoft },
    Tabs: { horizontalMargin: '0 0 10px 0' },
  },
};

/** For people who asked for less movement. */
export const stillTheme: ThemeConfig = { ...theme, token: { ...theme.token, motion: false } };
