import booking from './booking.zh-CN'
import categories from './categories.zh-CN'
import chat from './chat.zh-CN'
import complaint from './complaint.zh-CN'
import deposit from './deposit.zh-CN'
import dish from './dish.zh-CN'
import seats from './seats.zh-CN'

export default {
  unitsOff: {
    off: '减 {off}',
    upTo: '减 {off}，最多 {most}',
    fixedPrice: '一件 {price}',
    freeItem: '免费一件',
    buyGet: '买 {buy} 送 {get}',
  },
  common: {
    retry: '重试',
    back: '返回',
    close: '关闭',
    cancel: '取消',
    confirm: '确定',
    save: '保存',
    more: '加载更多',
    loading: '加载中…',
    offline: '网络已断开，显示的可能不是最新内容。',
    failed: '出错了',
    language: '语言',
    theme: '外观',
    themes: { system: '跟随系统', light: '浅色', dark: '深色' },
    skip: '跳到主要内容',
    notFound: '没有这个页面',
    notFoundHint: '链接可能已失效，回首页看看。',
    home: '回到首页',
    signOut: '退出登录',
    signIn: '登录',
    copied: '已复制',
    look: '查看',
    actions: '操作',
  },
  demo: {
    title: '演示环境，点选一个身份即可进入',
    roles: {
      consumer: '顾客',
      cashier: '收银员',
      manager: '店长',
      owner: '商家老板',
      admin: '平台管理员',
      finance: '平台财务',
    },
  },
  booking,
  complaint,
  deposit,
  chat,
  dish,
  seats,
  category: categories,
}
