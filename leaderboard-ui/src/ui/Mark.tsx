import type { ReactNode } from 'react'
import styles from './Mark.module.css'
import { classes } from './classes'

/** Status is a word, a shape and a colour together: none of them carries it alone. */
export type MarkKind = 'waiting' | 'running' | 'scored' | 'rejected' | 'on-us' | 'off' | 'open'

export function Mark({ kind, children }: { kind: MarkKind; children: ReactNode }) {
  return (
    <span className={classes(styles['mark'], styles[kind])}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {shape(kind)}
      </svg>
      {children}
    </span>
  )
}

function shape(kind: MarkKind) {
  switch (kind) {
    case 'waiting':
      return <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2" />
    case 'running':
      return (
        <>
          <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.3" />
          <path className={styles['turning']} d="M6 1.5a4.5 4.5 0 0 1 4.5 4.5" fill="none" stroke="currentColor" strokeWidth="2" />
        </>
      )
    case 'scored':
    case 'open':
      return <circle cx="6" cy="6" r="4.5" fill="currentColor" />
    case 'rejected':
      return <path d="M6 0.5 11.5 6 6 11.5 0.5 6z" fill="currentColor" />
    case 'on-us':
      return <rect x="1.5" y="1.5" width="9" height="9" fill="currentColor" />
    case 'off':
      return <path d="M2 6h8" stroke="currentColor" strokeWidth="2" />
  }
}
