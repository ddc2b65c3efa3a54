import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { excerpt, localRefusal, sourceLines, wordLength } from './source'

const zip = (files: Record<string, string>, name = 'strategy.zip') =>
  new File([new Uint8Array(zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))))], name)

describe('what is looked at before anything is sent', () => {
  it('lets a zip pass', async () => {
    expect(await localRefusal(zip({ 'strategy.yaml': 'strategy: 1\n' }), 50)).toBeNull()
  })
  it('refuses what is not a zip, and says how to make one', async () => {
    expect(await localRefusal(new File(['strategy: 1'], 'strategy.yaml'), 50)).toMatch(/^strategy\.yaml is not a zip\. Pack/)
  })
  it('refuses an empty file and one over the budget', async () => {
    expect(await localRefusal(new File([], 'a.zip'), 50)).toMatch(/empty/)
    expect(await localRefusal(new File([new Uint8Array(1_200_000)], 'a.zip'), 1)).toMatch(/1 MB at most; this one has 1\.2 MB/)
  })
})

describe('the lines that problems point into', () => {
  it('come from the named files alone', async () => {
    const lines = await sourceLines(zip({ 'strategy.yaml': 'a\r\nb\nc', 'other.csv': 'x' }), new Set(['strategy.yaml']))
    expect([...lines]).toEqual([['strategy.yaml', ['a', 'b', 'c']]])
  })
  it('are found in a folder around everything', async () => {
    const lines = await sourceLines(zip({ 'mine/labels.csv': 'id,label' }), new Set(['labels.csv']))
    expect(lines.get('labels.csv')).toEqual(['id,label'])
  })
  it('are none where the archive cannot be read', async () => {
    expect((await sourceLines(new Blob(['PK nonsense']), new Set(['strategy.yaml']))).size).toBe(0)
  })
})

describe('what a column points at', () => {
  it('is a word, or one character where there is none', () => {
    expect(wordLength('weigths: 3', 0)).toBe(7)
    expect(wordLength('a, b', 1)).toBe(1)
    expect(wordLength('a', 1)).toBe(1)
  })
})

describe('an excerpt', () => {
  it('marks the column', () => {
    expect(excerpt('weights: 3', 10)).toEqual({ text: 'weights: 3', caret: 9 })
  })
  it('has no mark where there is no column', () => {
    expect(excerpt('weights: 3', 0)).toEqual({ text: 'weights: 3', caret: null })
  })
  it('keeps the column in sight in a long line', () => {
    const { text, caret } = excerpt(`${'a'.repeat(200)}X${'b'.repeat(200)}`, 201)
    expect(caret === null ? '' : text[caret]).toBe('X')
    expect(text.startsWith('… ') && text.endsWith(' …')).toBe(true)
  })
})
