import { useId, useState, type ReactNode } from 'react'
import { Button } from './Button'
import styles from './Figure.module.css'

interface Props {
  title: string
  /** One sentence that says what the figure shows. */
  finding: string
  table: ReactNode
  children: ReactNode
}

/** A drawing that can always be read as a table as well. */
export function Figure({ title, finding, table, children }: Props) {
  const [asTable, setAsTable] = useState(false)
  const titleId = useId()
  return (
    <figure className={styles['figure']} aria-labelledby={titleId}>
      <figcaption className={styles['caption']}>
        <h3 id={titleId}>{title}</h3>
        <Button kind="quiet" className={styles['toggle']} aria-pressed={asTable} onClick={() => setAsTable((was) => !was)}>
          {asTable ? 'As a drawing' : 'As a table'}
        </Button>
        <p>{finding}</p>
      </figcaption>
      {asTable ? <div className={styles['table']}>{table}</div> : children}
    </figure>
  )
}
