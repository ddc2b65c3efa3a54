import { Meter as BaseMeter } from '@base-ui/react/meter'
import type { ReactNode } from 'react'
import styles from './Meter.module.css'
import { classes } from './classes'

interface Props {
  label: string
  value: number
  max: number
  /** What the bar says, in words: "312 of 6,000". */
  text: string
  note?: ReactNode
}

export function Meter({ label, value, max, text, note }: Props) {
  const over = value > max
  return (
    <BaseMeter.Root
      className={classes(styles['meter'], over && styles['over'])}
      value={Math.min(value, max)}
      max={max > 0 ? max : 1}
      getAriaValueText={() => (over ? `${text}, over the limit` : text)}
    >
      <BaseMeter.Label className={styles['label']}>{label}</BaseMeter.Label>
      <span className={styles['text']}>
        {text}
        {over && ' — over'}
      </span>
      <BaseMeter.Track className={styles['track']}>
        <BaseMeter.Indicator className={styles['bar']} />
      </BaseMeter.Track>
      {note && <span className={styles['note']}>{note}</span>}
    </BaseMeter.Root>
  )
}
