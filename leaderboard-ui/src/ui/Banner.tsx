import type { ReactNode } from 'react'
import styles from './Banner.module.css'
import { classes } from './classes'

interface Props {
  /** `ours`: a fault of ours. `yours`: something to mend. `note`: good to know. `chosen`: about you. */
  tone: 'note' | 'yours' | 'ours' | 'chosen'
  title: string
  children?: ReactNode
  acts?: ReactNode
  /** Read out when it appears. */
  live?: boolean
}

export function Banner({ tone, title, children, acts, live = false }: Props) {
  return (
    <div className={classes(styles['banner'], styles[tone])} role={live ? 'alert' : undefined}>
      <div className={styles['text']}>
        <p className={styles['title']}>{title}</p>
        {children && <div className={styles['body']}>{children}</div>}
      </div>
      {acts && <div className={styles['acts']}>{acts}</div>}
    </div>
  )
}
