/** QR symbols as plain modules, to be drawn as SVG or on a canvas. */
import qrcode from 'qrcode-generator'

export type Modules = boolean[][]

/** The smallest symbol that holds the text. Capital letters, digits and a few signs are stored densely. */
export function qrModules(text: string, correction: 'L' | 'M' | 'Q' = 'M'): Modules {
  const qr = qrcode(0, correction)
  qr.addData(text, /^[0-9A-Z $%*+\-./:]*$/.test(text) ? 'Alphanumeric' : 'Byte')
  qr.make()
  const size = qr.getModuleCount()
  return Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => qr.isDark(y, x)))
}

/** All dark modules as one SVG path, each of size 1. */
export function qrPath(modules: Modules): string {
  return modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
}
