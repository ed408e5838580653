import { type ThemeConfig, theme } from 'antd';

const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Helvetica Neue", Arial, sans-serif';

const shared = {
  fontFamily: FONT,
  fontSize: 14,
  borderRadius: 8,
  borderRadiusLG: 8,
  motionDurationFast: '0.08s',
  motionDurationMid: '0.12s',
  motionDurationSlow: '0.16s',
  controlHeight: 34,
  boxShadow: '0 6px 24px rgb(20 24 32 / 12%)',
};

const filled = { colorPrimary: '#2b5aed', colorPrimaryHover: '#4a73f1', colorPrimaryActive: '#2149c9' };

const light: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...shared,
    colorPrimary: '#2b5aed',
    colorInfo: '#2b5aed',
    colorLink: '#2450d8',
    colorText: '#1a1d23',
    colorTextSecondary: '#474e5b',
    colorTextTertiary: '#646c7a',
    colorTextDescription: '#646c7a',
    colorTextPlaceholder: '#6a7180',
    colorError: '#cf1322',
    colorErrorHover: '#e0313f',
    colorBgLayout: '#f6f7f9',
    colorBorder: '#d5d9e0',
    colorBorderSecondary: '#e3e6eb',
  },
};

const dark: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...shared,
    colorPrimary: '#7c9cff',
    colorInfo: '#7c9cff',
    colorLink: '#7c9cff',
    colorText: '#eceef1',
    colorTextSecondary: '#c0c5cd',
    colorTextTertiary: '#98a0ac',
    colorTextDescription: '#98a0ac',
    colorTextPlaceholder: '#8d95a1',
    colorError: '#ff8a80',
    colorErrorHover: '#ffa39b',
    colorBgLayout: '#16181c',
    colorBgContainer: '#1d2025',
    colorBgElevated: '#24282e',
    colorBorder: '#434952',
    colorBorderSecondary: '#33383f',
  },
};

/** Filled controls keep the primary colour in both themes, with white on it. */
export function themeOf(isDark: boolean, isStill: boolean): ThemeConfig {
  const base = isDark ? dark : light;
  return {
    ...base,
    token: { ...base.token, motion: !isStill },
    components: {
      Button: {
        ...filled,
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
        contentFontSizeLG: 15,
      },
      Checkbox: { ...filled, borderRadiusSM: 4 },
      Radio: filled,
      Switch: filled,
      Badge: { colorError: '#cf1322' },
      Card: { borderRadiusLG: 12 },
      Modal: { borderRadiusLG: 12 },
      Tabs: { horizontalItemGutter: 24 },
      Segmented: { trackBg: isDark ? '#16181c' : '#e8ebef' },
      Tooltip: { fontSize: 13 },
    },
  };
}
