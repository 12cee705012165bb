/** A picture to be sent or printed: the offer, its price, and a QR that leads to it. */
import { mediaUrl } from '@/shared/api'
import { money, textOf } from '@/shared/i18n/format'
import { qrModules } from '@/shared/qr'
import type { Offer } from './offers'

const WIDTH = 750
const HEIGHT = 1200
const MARGIN = 56
const COVER_HEIGHT = 562
const INK = '#1d1b1a'
const SOFT = '#5f5a57'
const ACCENT = '#b8341b'
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'

export async function drawPoster(
  offer: Offer,
  link: string,
  words: { invite: string; scan: string },
): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('this browser does not draw')
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, WIDTH, HEIGHT)
  await drawCover(pen, offer.media)

  let y = COVER_HEIGHT + 68
  pen.fillStyle = INK
  pen.font = `700 46px ${FONT}`
  for (const line of wrap(pen, textOf(offer.title), WIDTH - 2 * MARGIN).slice(0, 2)) {
    pen.fillText(line, MARGIN, y)
    y += 58
  }
  pen.fillStyle = SOFT
  pen.font = `400 28px ${FONT}`
  for (const line of wrap(pen, textOf(offer.stores[0]?.name), WIDTH - 2 * MARGIN).slice(0, 2)) {
    pen.fillText(line, MARGIN, y)
    y += 40
  }
  y += 40
  drawPrice(pen, offer, y)

  drawQr(pen, link, WIDTH - MARGIN - 250, HEIGHT - MARGIN - 250, 250)
  pen.fillStyle = INK
  pen.font = `600 32px ${FONT}`
  const lines = wrap(pen, words.invite, WIDTH - 2 * MARGIN - 290)
  lines.slice(0, 3).forEach((line, at) => pen.fillText(line, MARGIN, HEIGHT - MARGIN - 190 + at * 44))
  pen.fillStyle = SOFT
  pen.font = `400 26px ${FONT}`
  pen.fillText(words.scan, MARGIN, HEIGHT - MARGIN - 34)
  pen.fillStyle = ACCENT
  pen.font = `700 30px ${FONT}`
  pen.fillText('Qiao 桥', MARGIN, HEIGHT - MARGIN + 6)

  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
  )
}

async function drawCover(pen: CanvasRenderingContext2D, media: string | null | undefined) {
  pen.fillStyle = '#efecea'
  pen.fillRect(0, 0, WIDTH, COVER_HEIGHT)
  if (!media) return
  const image = new Image()
  image.src = mediaUrl(media)
  // A poster without its picture is still a poster.
  const isLoaded = await image.decode().then(
    () => true,
    () => false,
  )
  if (!isLoaded) return
  const scale = Math.max(WIDTH / image.width, COVER_HEIGHT / image.height)
  const [width, height] = [WIDTH / scale, COVER_HEIGHT / scale]
  const [left, top] = [(image.width - width) / 2, (image.height - height) / 2]
  pen.drawImage(image, left, top, width, height, 0, 0, WIDTH, COVER_HEIGHT)
}

function drawPrice(pen: CanvasRenderingContext2D, offer: Offer, y: number) {
  pen.fillStyle = ACCENT
  pen.font = `700 64px ${FONT}`
  const price = money(offer.price)
  pen.fillText(price, MARGIN, y)
  if (offer.list_price.amount <= offer.price.amount) return
  const left = MARGIN + pen.measureText(price).width + 20
  pen.fillStyle = SOFT
  pen.font = `400 32px ${FONT}`
  const list = money(offer.list_price)
  pen.fillText(list, left, y)
  pen.fillRect(left, y - 11, pen.measureText(list).width, 2)
}

function drawQr(pen: CanvasRenderingContext2D, text: string, left: number, top: number, size: number) {
  const modules = qrModules(text)
  const unit = size / modules.length
  pen.fillStyle = '#000000'
  modules.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (dark) pen.fillRect(left + x * unit, top + y * unit, Math.ceil(unit), Math.ceil(unit))
    }),
  )
}

/** Breaks a text into lines: between words, and between any two characters of Chinese. */
function wrap(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of text.match(/[\u0021-\u024f]+|\s+|./gu) ?? []) {
    if (line && pen.measureText(line + piece).width > width) {
      lines.push(line.trim())
      line = ''
    }
    line += piece
  }
  return [...lines, line.trim()].filter(Boolean)
}
