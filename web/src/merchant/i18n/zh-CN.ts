export default {
  face: '商家中心',
}
