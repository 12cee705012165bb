import '@/shared/design/base.css'
import '@/shared/design/theme'
import './merchant.css'
import { createApp } from 'vue'
import { createTexts } from '@/shared/i18n'
import App from './App.vue'
import en from './i18n/en'
import zhCN from './i18n/zh-CN'
import { keepApp } from './offline/register'
import { router } from './routes'

createApp(App)
  .use(router)
  .use(createTexts({ 'zh-CN': zhCN, en }))
  .mount('#app')
keepApp()
