import type { QuotaLeft } from '../../api/types'
import { count } from '../../format/numbers'
import { clock, exact } from '../../format/time'
import { Meter } from '../../ui/Meter'
import styles from './QuotaNote.module.css'

/** How many tries are left, and when the next one is free. */
export function QuotaNote({ quota }: { quota: QuotaLeft }) {
  return (
    <div className={styles['note']}>
      <Meter
        label="Left today"
        value={quota.left}
        max={quota.perDay}
        text={`${count(quota.left)} of ${count(quota.perDay)}`}
        note={quota.left === 0 && quota.nextFree ? <NextFree at={quota.nextFree} /> : `${count(quota.totalLeft)} of ${count(quota.total)} in all`}
      />
    </div>
  )
}

function NextFree({ at }: { at: string }) {
  return (
    <>
      The next is free at{' '}
      <time dateTime={at} title={exact(at)}>
        {clock(at)}
      </time>
      .
    </>
  )
}
