import { useRef, useState } from 'react'
import { Button } from './Button'
import styles from './Snippet.module.css'

/** Text to be copied into a terminal. Where the browser forbids copying (no https), it is selected instead. */
export function Snippet({ label, text }: { label: string; text: string }) {
  const code = useRef<HTMLElement>(null)
  const [said, setSaid] = useState('')

  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      if (code.current) getSelection()?.selectAllChildren(code.current)
      setSaid('Selected: copy it with your keyboard')
    }
  }

  return (
    <div className={styles['snippet']}>
      <div className={styles['head']}>
        <span>{label}</span>
        <span className={styles['said']} role="status">
          {said}
        </span>
        <Button kind="quiet" className={styles['copy']} onClick={() => void copy()} aria-label={`Copy: ${label}`}>
          Copy
        </Button>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls sideways, so the keyboard must reach it */}
      <pre tabIndex={0}>
        <code ref={code}>{text}</code>
      </pre>
    </div>
  )
}
