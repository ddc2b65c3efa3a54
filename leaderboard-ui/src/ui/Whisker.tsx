import styles from './Whisker.module.css'
import { classes } from './classes'

/** From score to place: where a value stands on the shared axis, in percent. */
export interface Axis {
  low: number
  high: number
  ticks: number[]
}

function place(axis: Axis, value: number): number {
  return ((value - axis.low) / (axis.high - axis.low)) * 100
}

/** A score as a dot with its interval, on the axis that all rows share. Says nothing to a reader: the number beside it does. */
export function Whisker({
  axis,
  value,
  halfWidth,
  reference,
  kind,
}: {
  axis: Axis
  value: number
  halfWidth: number
  /** Where the dashed line stands: the baseline. */
  reference: number | null
  kind: 'plain' | 'own' | 'baseline'
}) {
  const from = Math.max(0, place(axis, value - halfWidth))
  const to = Math.min(100, place(axis, value + halfWidth))
  return (
    <svg className={classes(styles['whisker'], styles[kind])} aria-hidden="true" width="100%" height="100%" preserveAspectRatio="none">
      {axis.ticks.map((tick) => (
        <line key={tick} className={styles['grid']} x1={`${place(axis, tick)}%`} x2={`${place(axis, tick)}%`} y1="0" y2="100%" />
      ))}
      {reference !== null && (
        <line className={styles['reference']} x1={`${place(axis, reference)}%`} x2={`${place(axis, reference)}%`} y1="0" y2="100%" />
      )}
      <line className={styles['interval']} x1={`${from}%`} x2={`${to}%`} y1="50%" y2="50%" />
      <circle className={styles['dot']} cx={`${place(axis, value)}%`} cy="50%" r="4" />
    </svg>
  )
}

/** The axis itself, for the head of the column. */
export function WhiskerAxis({ axis, decimals, reference }: { axis: Axis; decimals: number; reference: number | null }) {
  return (
    <div className={styles['axis']} aria-hidden="true">
      {reference !== null && (
        <span className={styles['name']} style={{ left: `${place(axis, reference)}%` }}>
          baseline
        </span>
      )}
      {axis.ticks.map((tick) => (
        <span key={tick} className={styles['tick']} style={{ left: `${place(axis, tick)}%` }}>
          {tick.toFixed(decimals)}
        </span>
      ))}
    </div>
  )
}
