import { defineConfig } from '@playwright/test'
import tests from '../playwright.config'

/** Measures the guests' pages on a slow phone: `npm run slow-phone`, with a release build of the binary. */
export default defineConfig(tests, {
  testDir: '.',
  testMatch: 'slow-phone.ts',
  projects: [{ name: 'sqlite' }],
  reporter: 'line',
})
