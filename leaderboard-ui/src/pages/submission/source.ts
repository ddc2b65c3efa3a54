/** Files larger than this are not opened in the browser to show a line of them. */
const SOURCE_BYTES_MAX = 8_000_000

const utf8 = new TextDecoder()

/**
 * The lines of those files in a chosen archive that a problem points into, so that each problem can show its line. What
 * cannot be read (another compression, a broken archive) is simply not shown: the problem says enough without.
 */
export async function sourceLines(archive: Blob, files: ReadonlySet<string>): Promise<Map<string, string[]>> {
  const lines = new Map<string, string[]>()
  try {
    const { unzipSync } = await import('fflate')
    const found = unzipSync(new Uint8Array(await archive.arrayBuffer()), {
      filter: ({ name, originalSize }) => originalSize <= SOURCE_BYTES_MAX && named(name, files) !== undefined,
    })
    for (const [name, octets] of Object.entries(found)) {
      const file = named(name, files)
      if (file !== undefined) lines.set(file, utf8.decode(octets).split(/\r\n|\n|\r/))
    }
  } catch {
    return lines
  }
  return lines
}

/** The archive may hold everything in one folder, which the server looks into. */
function named(entry: string, files: ReadonlySet<string>): string | undefined {
  if (files.has(entry)) return entry
  const inner = entry.slice(entry.indexOf('/') + 1)
  return files.has(inner) ? inner : undefined
}

const SIGNATURES = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x05, 0x06],
]

/** Says why a chosen file need not be sent at all, or null. */
export async function localRefusal(file: File, megabytesMax: number): Promise<string | null> {
  if (file.size === 0) return 'The file is empty. Choose the zip that holds strategy.yaml.'
  if (file.size > megabytesMax * 1_000_000) {
    return `The archive may hold ${megabytesMax} MB at most; this one has ${(file.size / 1_000_000).toFixed(1)} MB. Leave out what strategy.yaml does not name.`
  }
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer())
  const isZip = SIGNATURES.some((signature) => signature.every((octet, index) => head[index] === octet))
  return isZip ? null : `${file.name} is not a zip. Pack strategy.yaml and the files it names: zip -r strategy.zip strategy.yaml`
}

/** What a column points at: the word that begins there, or one character. */
export function wordLength(text: string, from: number): number {
  return /^[\p{L}\p{N}_.+-]+/u.exec(text.slice(from))?.[0].length ?? 1
}

/** A part of a long line around a column (from 1), and where the column then stands in it (from 0). */
export function excerpt(line: string, column: number, width = 90): { text: string; caret: number | null } {
  const shown = line.replaceAll('\t', ' ')
  if (column < 1 || column > shown.length + 1) return { text: cut(shown, 0, width), caret: null }
  const start = column - 1 < width - 10 ? 0 : column - 1 - Math.floor(width / 2)
  return { text: cut(shown, start, width), caret: column - 1 - start + (start > 0 ? 2 : 0) }
}

function cut(text: string, start: number, width: number): string {
  const part = text.slice(start, start + width)
  return `${start > 0 ? '… ' : ''}${part}${start + width < text.length ? ' …' : ''}`
}
