/** Naive UI in Qiao's colours. It computes with them, so each token is resolved to what it is right now. */
import { computed } from 'vue'
import { darkTheme, dateEnUS, dateZhCN, enUS, zhCN, type GlobalThemeOverrides } from 'naive-ui'
import { language } from '@/shared/i18n'
import { tokenColor } from './color'
import { isDark } from './theme'

function overrides(): GlobalThemeOverrides {
  const color = tokenColor
  return {
    common: {
      primaryColor: color('accent'),
      primaryColorHover: color('accent-strong'),
      primaryColorPressed: color('accent-strong'),
      primaryColorSuppl: color('accent'),
      successColor: color('good'),
      warningColor: color('warn'),
      errorColor: color('bad'),
      infoColor: color('info'),
      textColorBase: color('text'),
      textColor1: color('text'),
      textColor2: color('text'),
      textColor3: color('text-soft'),
      placeholderColor: color('text-faint'),
      bodyColor: color('page'),
      cardColor: color('card'),
      modalColor: color('raised'),
      popoverColor: color('raised'),
      tableColor: color('card'),
      tableHeaderColor: color('card'),
      inputColor: color('card'),
      borderColor: color('line'),
      dividerColor: color('line'),
      borderRadius: '8px',
      borderRadiusSmall: '6px',
      fontFamily: 'var(--q-font)',
      fontSize: '14px',
      heightMedium: '40px',
      heightLarge: '44px',
    },
    Button: {
      textColorPrimary: color('on-accent'),
      textColorHoverPrimary: color('on-accent'),
      textColorPressedPrimary: color('on-accent'),
      textColorFocusPrimary: color('on-accent'),
      fontWeight: '500',
    },
    Card: { borderRadius: '12px', titleFontWeight: '600' },
    DataTable: { thFontWeight: '600', thTextColor: color('text-soft'), borderRadius: '12px' },
    Input: { border: `1px solid ${color('line-strong')}` },
  }
}

/** What `n-config-provider` takes: `<n-config-provider v-bind="naive">`. */
export const naive = computed(() => {
  // Read first: the tokens are resolved again whenever the theme changes.
  const dark = isDark.value
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  return {
    theme: dark ? darkTheme : null,
    themeOverrides: overrides(),
    locale: language.value === 'zh-CN' ? zhCN : enUS,
    dateLocale: language.value === 'zh-CN' ? dateZhCN : dateEnUS,
  }
})
