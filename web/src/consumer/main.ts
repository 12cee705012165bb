import './vant.css'
import '@/shared/design/base.css'
import '@/shared/design/theme'
import { createApp } from 'vue'
import { createTexts } from '@/shared/i18n'
import { fetchSettings } from '@/shared/settings'
import App from './App.vue'
import en from './i18n/en'
import zhCN from './i18n/zh-CN'
import { keepApp } from './offline/register'
import { router } from './routes'

void fetchSettings()
createApp(App)
  .use(router)
  .use(createTexts({ 'zh-CN': zhCN, en }))
  .mount('#app')

keepApp()
