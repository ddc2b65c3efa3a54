import type { ReactNode } from 'react'
import styles from './Empty.module.css'

/** Nothing is here: one sentence, why, and one act. */
export function Empty({ title, children, act }: { title: string; children?: ReactNode; act?: ReactNode }) {
  return (
    <div className={styles['empty']}>
      <p className={styles['title']}>{title}</p>
      {children && <p className={styles['why']}>{children}</p>}
      {act && <div className={styles['act']}>{act}</div>}
    </div>
  )
}
