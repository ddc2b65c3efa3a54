import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Board, BoardRow } from '../../api/types'
import { columnDecimals, count, counted, difference, fixed, plusMinus, isShare } from '../../format/numbers'
import { capitalized, metricName } from '../../format/words'
import { Moment } from '../../ui/Moment'
import { Whisker, WhiskerAxis, type Axis } from '../../ui/Whisker'
import { classes } from '../../ui/classes'
import styles from './BoardTable.module.css'
import { bestBaseline, sharedAxis, tickDecimals } from './axis'

/** The ranking as the server made it: the client neither ranks nor sorts. */
export function BoardTable({ board, yourTeam }: { board: Board; yourTeam: string | null }) {
  const axis = sharedAxis(board.rows, isShare(board.metric))
  const baseline = bestBaseline(board.rows)
  const decimals = columnDecimals(board.rows.map((row) => row.halfWidth))
  return (
    <table className={styles['board']}>
      <caption className="unseen">
        {board.title}: ranking by {metricName(board.metric)}
      </caption>
      <thead>
        <tr>
          <th scope="col" className={styles['rank']}>
            Rank
          </th>
          <th scope="col">Team</th>
          <th scope="col" className={styles['number']} title="The interval is 1.64 standard errors wide to each side: 90% confidence for one score.">
            {capitalized(metricName(board.metric))}
            <span className={styles['sub']}>± 90% interval</span>
          </th>
          <th scope="col" className={styles['axis']}>
            <span className="unseen">The same as a drawing</span>
            {axis && <WhiskerAxis axis={axis} decimals={tickDecimals(axis)} reference={baseline?.score ?? null} />}
          </th>
          <th scope="col" className={styles['number']}>
            Gain
            <span className={styles['sub']}>{isShare(board.metric) ? 'points' : 'difference'}</span>
          </th>
          <th scope="col" className={styles['number']}>
            Labels
            <span className={styles['sub']}>changed</span>
          </th>
          <th scope="col" className={styles['number']}>
            Samples
            <span className={styles['sub']}>added</span>
          </th>
          <th scope="col" className={styles['number']}>
            Samples
            <span className={styles['sub']}>dropped</span>
          </th>
          <th scope="col" className={styles['number']}>
            Tries
          </th>
          <th scope="col" className={styles['number']}>
            When
          </th>
        </tr>
      </thead>
      <tbody>
        {board.rows.map((row) => (
          <Row
            key={`${row.kind} ${row.team}`}
            row={row}
            own={row.submission !== null || (row.kind === 'team' && row.team === yourTeam)}
            metric={board.metric}
            axis={axis}
            decimals={decimals}
            reference={baseline?.score ?? null}
          />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps {
  row: BoardRow
  own: boolean
  metric: string
  axis: Axis | null
  decimals: number
  reference: number | null
}

function Row({ row, own, metric, axis, decimals, reference }: RowProps) {
  const [open, setOpen] = useState(false)
  const isBaseline = row.kind === 'baseline'
  const kind = isBaseline ? 'baseline' : own ? 'own' : 'plain'
  return (
    <tr className={classes(styles[kind], open && styles['open'])}>
      <td className={styles['rank']}>{isBaseline ? 'baseline' : row.rank}</td>
      <th scope="row" className={styles['team']}>
        <span className={styles['who']}>
          <Team row={row} own={own && !isBaseline} />
        </span>
        <button type="button" className={styles['more']} aria-expanded={open} onClick={() => setOpen((was) => !was)}>
          <span className="unseen">{`More about ${row.team}`}</span>
          <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true">
            <path d="M1 1l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" />
          </svg>
        </button>
      </th>
      <td className={styles['score']}>
        <span aria-hidden="true">
          {fixed(row.score, decimals)}
          <span className={styles['half']}>{plusMinus(row.halfWidth, decimals)}</span>
        </span>
        <span className="unseen">
          {row.halfWidth > 0
            ? `${fixed(row.score, decimals)}, between ${fixed(row.score - row.halfWidth, decimals)} and ${fixed(row.score + row.halfWidth, decimals)}`
            : fixed(row.score, decimals)}
        </span>
      </td>
      <td className={styles['axis']}>
        {axis && <Whisker axis={axis} value={row.score} halfWidth={row.halfWidth} reference={reference} kind={kind} />}
      </td>
      <td className={styles['gain']}>{row.gain === null || isBaseline ? '' : difference(row.gain, metric)}</td>
      <td className={styles['extra']} data-label="Labels changed">
        {amount(row.labelsChanged)}
      </td>
      <td className={styles['extra']} data-label="Samples added">
        {amount(row.added)}
      </td>
      <td className={styles['extra']} data-label="Samples dropped">
        {amount(row.dropped)}
      </td>
      <td className={styles['extra']} data-label="Tries" title={counted(row.submissions, 'submission')}>
        {count(row.submissions)}
      </td>
      <td className={styles['extra']} data-label="When">
        <Moment at={row.at} />
      </td>
    </tr>
  )
}

function Team({ row, own }: { row: BoardRow; own: boolean }) {
  const name = row.submission ? (
    <Link to="/submissions/$id" params={{ id: row.submission }} className={styles['name']}>
      {row.team}
    </Link>
  ) : (
    <span className={styles['name']}>{row.team}</span>
  )
  return (
    <>
      {name}
      {own && <span className={styles['you']}>you</span>}
    </>
  )
}

function amount(value: number | null): string {
  return value === null ? '' : count(value)
}
