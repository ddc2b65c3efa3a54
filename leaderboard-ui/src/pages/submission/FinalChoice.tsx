import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { explain } from '../../api/explain'
import { chooseForFinal, finalChoiceQuery, keys } from '../../api/queries'
import type { FinalChoice as Choice, Submission } from '../../api/types'
import page from '../../app/Page.module.css'
import { counted } from '../../format/numbers'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { Moment } from '../../ui/Moment'
import { classes } from '../../ui/classes'
import styles from './FinalChoice.module.css'

/** Which of the team's submissions are judged in the final: on other data, with seeds that nobody knows yet. */
export function FinalChoice({ task, scored }: { task: string; scored: readonly Submission[] }) {
  const { data } = useQuery(finalChoiceQuery(task))
  if (!data) return null
  return (
    <section className={page['section']} aria-labelledby="final">
      <h2 id="final">For the final</h2>
      <p className={classes(page['quiet'], styles['says'])}>
        The final is judged on other data, with seeds that nobody knows yet. You may send {counted(data.max, 'submission')}; the better one
        counts. {!data.chosen && 'None is chosen: your best on the board goes.'}{' '}
        {data.until && (
          <>
            {data.open ? 'Choose until' : 'Chosen until'} <Moment at={data.until} />.
          </>
        )}
      </p>
      <Choose task={task} scored={scored} choice={data} />
    </section>
  )
}

function Choose({ task, scored, choice }: { task: string; scored: readonly Submission[]; choice: Choice }) {
  const cache = useQueryClient()
  const [wanted, setWanted] = useState<readonly string[]>(choice.chosen ? choice.submissions : [])
  const save = useMutation({
    mutationFn: () => chooseForFinal(task, wanted),
    onSuccess: (answer) => cache.setQueryData(keys.finalChoice(task), answer),
  })
  const full = wanted.length >= choice.max
  const refusal = !choice.open ? 'The contest has closed.' : save.isPending ? 'One moment.' : null
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (refusal === null) save.mutate()
      }}
    >
      <fieldset className={styles['choices']} disabled={!choice.open}>
        <legend className="unseen">Submissions for the final</legend>
        {scored.map(({ id, number, title }) => (
          <label key={id}>
            <input
              type="checkbox"
              checked={wanted.includes(id)}
              disabled={full && !wanted.includes(id)}
              onChange={({ target }) => {
                setWanted(target.checked ? [...wanted, id] : wanted.filter((one) => one !== id))
                save.reset()
              }}
            />
            <span>
              No. {number}: {title ?? 'Untitled'}
            </span>
          </label>
        ))}
      </fieldset>
      {choice.open && full && scored.length > choice.max && (
        <p className={page['quiet']}>These are as many as may go. To choose another, take one away.</p>
      )}
      <p className={page['acts']}>
        <Button type="submit" refusal={refusal}>
          Save the choice
        </Button>
      </p>
      {save.isSuccess && (
        <p className={page['quiet']} role="status">
          Saved.
        </p>
      )}
      {save.isError && (
        <Banner tone="yours" title={explain(save.error).title} live>
          {explain(save.error).detail}
        </Banner>
      )}
    </form>
  )
}
