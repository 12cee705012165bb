export default {
  nav: { label: '主导航', discover: '发现', coupons: '优惠券', vouchers: '我的券', me: '我的' },
}
