import { bytes, percent } from '../../format/numbers'
import { duration } from '../../format/time'
import { Button } from '../../ui/Button'
import { classes } from '../../ui/classes'
import styles from './Transfer.module.css'

export type TransferState =
  | { phase: 'sending'; sentBytes: number; totalBytes: number; bytesPerSecond: number }
  | { phase: 'checking'; totalBytes: number }

const phases = ['Sending', 'Checking', 'Ready'] as const

/** Where an archive is on its way: the bytes while they go, then the wait for the answer. */
export function Transfer({ state, onStop }: { state: TransferState; onStop: () => void }) {
  const now = state.phase === 'sending' ? 0 : 1
  const share = state.phase === 'sending' ? state.sentBytes / Math.max(1, state.totalBytes) : 1
  return (
    <div className={styles['transfer']}>
      <ol className={styles['phases']}>
        {phases.map((phase, index) => (
          <li key={phase} className={classes(index === now && styles['now'], index < now && styles['done'])} aria-current={index === now ? 'step' : undefined}>
            {phase}
          </li>
        ))}
      </ol>
      <div
        className={classes(styles['track'], state.phase === 'checking' && styles['waiting'])}
        role="progressbar"
        aria-label={phases[now]}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={state.phase === 'sending' ? Math.round(share * 100) : undefined}
      >
        <div className={styles['bar']} style={{ width: percent(share) }} />
      </div>
      <p className={styles['words']}>
        <span>{words(state)}</span>
        {state.phase === 'sending' && (
          <Button kind="quiet" onClick={onStop}>
            Stop
          </Button>
        )}
      </p>
    </div>
  )
}

function words(state: TransferState): string {
  if (state.phase === 'checking') return `${bytes(state.totalBytes)} are there. The server reads them: a few seconds.`
  const { sentBytes, totalBytes, bytesPerSecond } = state
  const so = `${bytes(sentBytes)} of ${bytes(totalBytes)}`
  if (bytesPerSecond <= 0) return so
  return `${so}, ${bytes(bytesPerSecond)} a second, about ${duration((totalBytes - sentBytes) / bytesPerSecond)} left`
}
