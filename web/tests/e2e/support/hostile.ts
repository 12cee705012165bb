/** Text that attacks the page that shows it. Each must be shown as it was written; one corpus for all faces. */
import type { Page } from '@playwright/test'
import { expect } from './server'

/** None longer than the shortest field takes, 60 characters. */
export const HOSTILE = [
  `<img src=x onerror="window.hacked=1">`,
  `<script>window.hacked=1</script>`,
  `"><svg/onload=window.hacked=1>`,
  `{{ constructor.constructor('window.hacked=1')() }}`,
  `@:common.save {name} | two | three %{x}`,
  `&lt;b&gt; & <!-- --> \\u003cb\\u003e`,
  `javascript:window.hacked=1//`,
  `=cmd|' /C calc'!A0`,
  `\u0645\u0631\u062d\u0628\u0627 <b>abc</b> \${7 * 7}`,
] as const

/** All of them in one field that takes long text. */
export const ALL_HOSTILE = HOSTILE.join(' ')

/** None of it ran, and none of it became an element. */
export async function expectUnharmed(page: Page) {
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  await expect(page.locator('img[src="x"], svg[onload]')).toHaveCount(0)
}
