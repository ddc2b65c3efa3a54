import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds a server; the built client always speaks to the server that served it. */
const server = process.env['TOUCHSTONE_SERVER'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // light-dark() must stay as it is: an element may choose its own color-scheme.
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    // The manifest tells `npm run budget` what the first page loads.
    manifest: true,
    // Nothing is inlined into the page: its content security policy allows files of this origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': server } },
  preview: { proxy: { '/api': server } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
