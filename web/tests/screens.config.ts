import { defineConfig } from '@playwright/test'
import tests from '../playwright.config'

/** Takes the pictures of `docs/screens`: `npm run screens`. */
export default defineConfig(tests, { testDir: '.', testMatch: 'screens.ts', projects: [{ name: 'sqlite' }] })
