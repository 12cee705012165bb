import { defineConfig } from '@playwright/test'

/**
 * How a page looks and reads does not hang on the database, and every operation is tested on both without a browser: on the
 * second one go the journeys that buy, book, use and settle.
 */
const ofThePages = /every page|first load|serious fault|panel over a page/
const postgres = {
  name: 'postgres',
  testMatch: /(bookings|cards|consumer|group|merchant-journey|showings)\.spec\.ts/,
  grepInvert: ofThePages,
}

/**
 * Whole journeys in the system's Chromium against a real server in demo mode, on SQLite, and on PostgreSQL where
 * the environment names one. Nothing is tried twice.
 */
export default defineConfig({
  testDir: 'tests/e2e',
  workers: 1,
  retries: 0,
  projects: [{ name: 'sqlite' }, ...(process.env.QIAO_TEST_POSTGRES_URL ? [postgres] : [])],
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: {
      executablePath: process.env.QIAO_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
    },
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    // A fifth of the time is what a trace costs.
    trace: process.env.QIAO_TRACE ? 'retain-on-failure' : 'off',
  },
})
