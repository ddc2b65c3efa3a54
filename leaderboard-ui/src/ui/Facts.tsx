import type { ReactNode } from 'react'
import styles from './Facts.module.css'
import { classes } from './classes'

export interface Fact {
  term: string
  value: ReactNode
  note?: ReactNode
}

/** Terms and what they are; `row` sets them side by side as figures. */
export function Facts({ facts, layout = 'list' }: { facts: readonly Fact[]; layout?: 'list' | 'row' }) {
  return (
    <dl className={classes(styles['facts'], styles[layout])}>
      {facts.map(({ term, value, note }) => (
        <div key={term} className={styles['fact']}>
          <dt>{term}</dt>
          <dd>
            {value}
            {note && <span className={styles['note']}>{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
