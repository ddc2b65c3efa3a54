import { describe, expect, it } from 'vitest'
import type { Board, BoardRow } from '../../api/types'
import { sharedAxis, tickDecimals } from './axis'
import { basis, verdict } from './verdict'

function row(team: string, score: number, rank: number | null): BoardRow {
  return {
    rank,
    kind: rank === null ? 'baseline' : 'team',
    team,
    score,
    halfWidth: 0.02,
    gain: null,
    submission: null,
    labelsChanged: 0,
    added: 0,
    dropped: 0,
    submissions: 1,
    at: '2026-11-20T12:00:00Z',
  }
}

function unknown(team: string, score: number, rank: number): BoardRow {
  return { ...row(team, score, rank), halfWidth: 0 }
}

function board(...rows: BoardRow[]): Board {
  return { task: 'a', title: 'A', version: 1, metric: 'accuracy', fold: 'public', samples: 600, rows }
}

describe('the sentence over the board', () => {
  it('names the leader with the uncertainty', () => {
    expect(verdict(board(row('Ada', 0.861, 1), row('olivia', 0.8, null), row('Bo', 0.7, 2)))).toBe('Ada leads with 0.861 ± 0.020.')
  })
  it('says who stands within the leader’s interval', () => {
    expect(verdict(board(row('Ada', 0.8, 1), row('Bo', 0.79, 2)))).toBe('Ada leads with 0.800 ± 0.020. Bo stands within that interval.')
    expect(verdict(board(row('Ada', 0.8, 1), row('Bo', 0.79, 2), row('Cy', 0.785, 3), row('Di', 0.7, 4)))).toMatch(/ 2 teams more stand within/)
  })
  it('claims no uncertainty that it does not know', () => {
    expect(verdict(board(unknown('Ada', 0.8, 1)))).toBe('Ada leads with 0.800.')
    expect(verdict(board(unknown('Ada', 0.8, 1), unknown('Bo', 0.7, 2)))).toBe(
      'Ada leads with 0.800. How sure that is, is not known for this metric.',
    )
  })
  it('names all who share the first place', () => {
    expect(verdict(board(row('Ada', 0.8, 1), row('Bo', 0.8, 1), row('Cy', 0.8, 1)))).toBe(
      'Ada, Bo and Cy share the first place with 0.800 ± 0.020.',
    )
  })
  it('crowns no baseline', () => {
    expect(verdict(board(row('olivia', 0.8, null)))).toBe('No team has been judged yet: only the baseline stands here.')
    expect(verdict(board())).toBe('Nothing has been judged yet.')
  })
  it('says of a final that it is one', () => {
    const final = { ...board(row('Ada', 0.8, 1)), fold: 'private' }
    expect(verdict(final)).toBe('Ada wins with 0.800 ± 0.020.')
    expect(basis(final)).toBe(
      '1 team, by accuracy on 600 hidden images (private fold). No board before used these images, and the seeds were secret until now.',
    )
  })
  it('tells what it stands on', () => {
    expect(basis(board(row('Ada', 0.8, 1), row('olivia', 0.8, null)))).toBe(
      '1 team, by accuracy on 600 hidden images (public fold). The final uses the other fold.',
    )
  })
})

describe('the shared axis', () => {
  it('holds every interval', () => {
    const axis = sharedAxis([row('Ada', 0.9, 1), row('Bo', 0.5, 2)], true)
    expect(axis?.low).toBeLessThan(0.48)
    expect(axis?.high).toBeGreaterThan(0.92)
  })
  it('stays within a share of one', () => {
    expect(sharedAxis([row('Ada', 0.995, 1)], true)?.high).toBe(1)
  })
  it('tells its ticks apart', () => {
    expect(tickDecimals({ low: 0, high: 1, ticks: [0.8, 0.85] })).toBe(2)
    expect(tickDecimals({ low: 0, high: 1, ticks: [0.1, 0.2] })).toBe(1)
  })
})
