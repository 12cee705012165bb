export default {
  inbox: {
    hint: '顾客的提问都在这里，未回复的排在最前。谁在岗谁就可以回复。',
    none: '还没有顾客咨询',
    noneHint: '顾客在店铺主页、商品页或预订里提问后，会出现在这里。',
    list: '会话列表',
    choose: '选择左侧的会话，查看并回复',
    guest: '顾客',
    waiting: '待回复',
    muted: '已屏蔽',
    back: '所有会话',
    mute: '屏蔽此顾客',
    muteTitle: '屏蔽这位顾客？',
    muteHint: '此后不再接收 TA 的消息，TA 会看到提示。可随时解除。',
    unmute: '解除屏蔽',
    isMuted: '已屏蔽此顾客，不再接收 TA 的消息。',
  },
}
