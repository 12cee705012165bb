export default {
  face: '平台管理',
}
