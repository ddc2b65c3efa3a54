import { describe, expect, it } from 'vitest'
import { duration, relative, stopwatch } from './time'

describe('lengths of time', () => {
  it('are told in the words of their size', () => {
    expect(duration(-1)).toBe('0 s')
    expect(duration(8.4)).toBe('8 s')
    expect(duration(240)).toBe('4 min')
    expect(duration(3600)).toBe('1 h')
    expect(duration(12_000)).toBe('3 h 20 min')
    expect(duration(7199)).toBe('2 h')
    expect(duration(86_400)).toBe('1 day')
    expect(duration(200_000)).toBe('2 days')
  })
  it('of work are exact to a tenth below a minute', () => {
    expect(stopwatch(0.84)).toBe('0.8 s')
    expect(stopwatch(185.4)).toBe('3 min 5 s')
  })
})

describe('moments', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  it('are told from now', () => {
    expect(relative('2026-11-20T11:59:30Z', now)).toBe('just now')
    expect(relative('2026-11-20T11:56:00Z', now)).toBe('4 min ago')
    expect(relative('2026-11-20T15:00:00Z', now)).toBe('in 3 h')
    expect(relative('2026-11-20T10:33:00Z', now)).toBe('1 h ago')
  })
})
