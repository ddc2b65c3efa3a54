import { describe, expect, it } from 'vitest'
import { bytes, columnDecimals, counted, difference, percent, plainPercent, scoreDecimals, ticks } from './numbers'

describe('scores', () => {
  it('stop at the second significant digit of their uncertainty', () => {
    expect(scoreDecimals(0.023)).toBe(3)
    expect(scoreDecimals(0.0075)).toBe(4)
    expect(scoreDecimals(0.23)).toBe(2)
  })
  it('never show more than four digits, nor fewer than two', () => {
    expect(scoreDecimals(0.000_01)).toBe(4)
    expect(scoreDecimals(3)).toBe(2)
  })
  it('show three digits when the uncertainty is not known', () => {
    expect(scoreDecimals(0)).toBe(3)
    expect(scoreDecimals(Number.NaN)).toBe(3)
    expect(columnDecimals([])).toBe(3)
  })
  it('share their digits in a column', () => {
    expect(columnDecimals([0.02, 0.5, 0.021])).toBe(3)
  })
})

describe('differences', () => {
  it('are told in points where the metric is a share', () => {
    expect(difference(0.0321, 'accuracy')).toBe('+3.2')
    expect(difference(-0.0321, 'accuracy')).toBe('−3.2')
  })
  it('have no sign when they round to nothing', () => {
    expect(difference(0.0001, 'accuracy')).toBe('0.0')
    expect(difference(-0.0001, 'accuracy')).toBe('0.0')
  })
  it('stay as they are where the metric has no points', () => {
    expect(difference(0.25, 'log-loss')).toBe('+0.250')
  })
})

describe('other numbers', () => {
  it('carry their unit', () => {
    expect(bytes(0)).toBe('0 B')
    expect(bytes(999)).toBe('999 B')
    expect(bytes(1234)).toBe('1.2 kB')
    expect(bytes(999_700)).toBe('1 MB')
    expect(bytes(52_428_800)).toBe('52.4 MB')
    expect(percent(0.1234)).toBe('12.3%')
    expect(plainPercent(0.2)).toBe('20%')
    expect(plainPercent(0.125)).toBe('12.5%')
  })
  it('agree with their noun', () => {
    expect(counted(1, 'sample')).toBe('1 sample')
    expect(counted(2000, 'sample')).toBe('2,000 samples')
    expect(counted(2, 'class', 'classes')).toBe('2 classes')
  })
})

describe('ticks', () => {
  it('are round and lie inside', () => {
    expect(ticks(0.61, 0.89, 4)).toEqual([0.7, 0.8])
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  })
  it('are none where the range is empty', () => {
    expect(ticks(1, 1)).toEqual([])
  })
})
