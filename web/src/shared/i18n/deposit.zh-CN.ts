/** What is paid ahead of an offer, and the rest at the store. 定金 and 订金 are two things. */
export default {
  kind: { earnest: '定金', refundable: '订金（可退）' },
  now: '现在支付 {share}，其余到店支付',
  rule: {
    earnest: '定金：您取消或未到店，定金归商家；商家毁约，双倍返还。',
    booked: '已付的是定金：商家按取消规则收取的是定金的一部分；商家毁约，双倍返还。',
    refundable: '订金：您取消或未到店，全额退还。',
  },
  paid: '已付定金或订金，券到店可用，余款到店支付。',
  atStore: '到店支付',
  toPay: '现在应付',
  collect: '请收取 {amount}',
  collectOffline: '顾客只付了部分款项，余款见顾客手机上的券，请当面收取。',
  twice: '付的是定金：门店取消须双倍返还，其中一倍从您的结算款中扣除。',
  compensation: '商家加倍返还',
}
