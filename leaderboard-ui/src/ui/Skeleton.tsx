import styles from './Skeleton.module.css'

/** Keeps the place of what is being read, and is seen only when that takes long. */
export function Skeleton({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div className={styles['skeleton']} role="status">
      <span className="unseen">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles['row']} />
      ))}
    </div>
  )
}
