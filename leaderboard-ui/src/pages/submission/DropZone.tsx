import { useId, useState, type DragEvent } from 'react'
import { bytes } from '../../format/numbers'
import { classes } from '../../ui/classes'
import styles from './DropZone.module.css'

interface Props {
  file: File | null
  onFile: (file: File) => void
  refusal: string | null
}

/** Takes one file: dropped, or chosen with the browser's own picker, which is what the keyboard uses. */
export function DropZone({ file, onFile, refusal }: Props) {
  const hintId = useId()
  const [over, setOver] = useState(false)

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    const [dropped] = event.dataTransfer.files
    if (dropped && refusal === null) onFile(dropped)
  }

  return (
    <label
      className={classes(styles['zone'], over && styles['over'], file && styles['full'])}
    >
      {/* The input lies over the whole zone, so it is also what things are dropped on. */}
      <input
        type="file"
        accept=".zip,application/zip"
        aria-label="Strategy archive"
        aria-describedby={hintId}
        disabled={refusal !== null}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        onChange={(event) => {
          const [chosen] = event.target.files ?? []
          if (chosen) onFile(chosen)
          // So that the same file, mended, can be chosen again.
          event.target.value = ''
        }}
      />
      <span id={hintId} className={styles['hint']}>
        {file ? (
          <>
            <strong>{file.name}</strong>
            <span>{bytes(file.size)} · drop or choose another to replace it</span>
          </>
        ) : (
          <>
            <strong>Drop your strategy.zip here</strong>
            <span>or choose it from your files</span>
          </>
        )}
      </span>
    </label>
  )
}
