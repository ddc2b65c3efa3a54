// Fails when the script of the first page outgrows its budget. Sizes are gzip, in kB of 1000 bytes.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const ENTRY_KB_MAX = 190
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1000

/** A chunk and everything that it imports statically. */
function loads(key, seen = new Set()) {
  const chunk = manifest[key]
  if (seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const imported of chunk.imports ?? []) loads(imported, seen)
  return seen
}

const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry)
const entry = loads(entryKey)
const entryKb = [...entry].reduce((sum, file) => sum + size(file), 0)

for (const file of readdirSync(new URL('assets/', dist)).toSorted()) {
  if (!/\.(js|css)$/.test(file)) continue
  const mark = entry.has(`assets/${file}`) ? 'first page' : ''
  console.log(`${size(`assets/${file}`).toFixed(1).padStart(7)} kB  ${file.padEnd(44)} ${mark}`)
}
console.log(`${entryKb.toFixed(1).padStart(7)} kB  script of the first page, of ${ENTRY_KB_MAX} kB at most`)

if (entryKb >= ENTRY_KB_MAX) {
  console.error(`The first page's script is ${(entryKb - ENTRY_KB_MAX).toFixed(1)} kB over its budget: load something later, or do without it.`)
  process.exit(1)
}
