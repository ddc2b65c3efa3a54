import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { Task } from '../../api/types'
import { useTask } from '../../api/useTask'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { count, counted } from '../../format/numbers'
import { metricName } from '../../format/words'
import { api } from '../../paths'
import { Banner } from '../../ui/Banner'
import { buttonClass } from '../../ui/Button'
import { Facts } from '../../ui/Facts'
import { Mark } from '../../ui/Mark'
import { Moment } from '../../ui/Moment'
import { Snippet } from '../../ui/Snippet'
import { useNow } from '../../ui/useNow'
import styles from './TaskPage.module.css'
import { Announced, Changed } from './News'
import { QuotaNote } from './QuotaNote'
import { budgetLines, dataLines, quotaSentence, recipeLines, stepsAnEpoch } from './recipe'
import { taskMark } from './state'

const Markdown = lazy(async () => ({ default: (await import('../../ui/Markdown')).Markdown }))

export function TaskPage() {
  const task = useTask()
  useTitle(task.title)
  const mark = taskMark(task.state)
  const { file, counts } = task
  const steps = stepsAnEpoch(file, counts) * file.recipe.epochs
  return (
    <>
      <header className={page['head']}>
        <h1>{task.title}</h1>
        <p className={page['lead']}>
          {counted(counts.base, 'training image')} in {counted(file.data.classes.length, 'class', 'classes')}. The model, its first
          weights and its {count(steps)} steps are frozen. You say which samples are used, what their labels are and how much each
          counts; {metricName(file.metrics.rankBy)} on the hidden test decides.
        </p>
        <p className={styles['meta']}>
          <Mark kind={mark.kind}>{mark.word}</Mark>
          <When task={task} />
          <span>by {task.organizer}</span>
          <span>version {task.version}</span>
        </p>
      </header>

      <Announced task={task.name} />

      <div className={styles['columns']}>
        <div className={styles['main']}>
          <section className={page['section']} aria-labelledby="data">
            <h2 id="data">What you get</h2>
            <Facts facts={dataLines(file, counts)} />
            <p className={page['acts']}>
              <a className={buttonClass('plain')} href={api.taskData(task.name)} download={`${task.name}.zip`}>
                Download the data
              </a>
              <a className={buttonClass('quiet')} href={api.croissant(task.name)}>
                Metadata (Croissant)
              </a>
            </p>
          </section>

          {task.datasheet && (
            <section className={page['section']} aria-labelledby="datasheet">
              <h2 id="datasheet">About the data</h2>
              <Suspense fallback={<p className={page['quiet']}>Reading the datasheet …</p>}>
                <Markdown text={task.datasheet} />
              </Suspense>
            </section>
          )}

          <Changed task={task.name} />

          <section className={page['section']} aria-labelledby="classes">
            <h2 id="classes">Classes</h2>
            <Classes task={task} />
          </section>

          <section className={page['section']} aria-labelledby="scripts">
            <h2 id="scripts">From a terminal</h2>
            <Terminal task={task} />
          </section>
        </div>

        <div className={styles['side']}>
          <Enter task={task} />

          <section className={styles['recipe']} aria-labelledby="frozen">
            <h2 id="frozen">What is frozen</h2>
            <Facts facts={recipeLines(file, counts)} />
            <details className={styles['digests']}>
              <summary>Digests</summary>
              <Facts
                facts={[
                  { term: 'Task', value: <code>{task.digest}</code> },
                  { term: 'First weights', value: <code>{task.initialWeights}</code> },
                ]}
              />
            </details>
          </section>

          <section className={page['panel']} aria-labelledby="budget">
            <h2 id="budget">What you may change</h2>
            <Facts facts={budgetLines(file, counts)} />
          </section>
        </div>
      </div>
    </>
  )
}

function When({ task }: { task: Task }) {
  const { opens, closes } = task.file.phases
  const now = useNow(60_000)
  if (opens && Date.parse(opens) > now) {
    return (
      <span>
        opens <Moment at={opens} />
      </span>
    )
  }
  if (!closes) return <span>no closing date</span>
  return (
    <span>
      {task.state === 'closed' ? 'closed' : 'closes'} <Moment at={closes} />
    </span>
  )
}

function Enter({ task }: { task: Task }) {
  return (
    <section className={page['panel']} aria-labelledby="enter">
      <h2 id="enter" className={styles['enter']}>
        Take part
      </h2>
      <p className={page['quiet']}>{quotaSentence(task.file.quota)}</p>
      {task.you && <QuotaNote quota={task.you.quota} />}
      <p className={styles['enterActs']}>
        {task.state === 'closed' ? (
          <Link className={buttonClass('main')} to="/tasks/$task/leaderboard" params={{ task: task.name }}>
            See the board
          </Link>
        ) : (
          <Link className={buttonClass('main')} to="/tasks/$task/submit" params={{ task: task.name }}>
            Send a strategy
          </Link>
        )}
      </p>
      {task.you?.organizer && (
        <Banner tone="chosen" title="You organize this contest.">
          What you send stands on the board as a baseline, outside of the ranking.
        </Banner>
      )}
    </section>
  )
}

function Classes({ task }: { task: Task }) {
  const sizes = task.file.data.classes.map((name) => ({ name, size: task.counts.baseByClass[name] ?? 0 }))
  const largest = Math.max(1, ...sizes.map(({ size }) => size))
  return (
    <table className={styles['classes']}>
      <caption className="unseen">Images of each class in the base set</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Images</th>
        </tr>
      </thead>
      <tbody>
        {sizes.map(({ name, size }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <span className={styles['bar']} style={{ width: `${(size / largest) * 100}%` }} aria-hidden="true" />
            </td>
            <td className={styles['size']}>{count(size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function send(address: string): string {
  return [
    'curl -sS --data-binary @strategy.zip \\',
    '  -H "Authorization: Bearer $TOUCHSTONE_TOKEN" \\',
    '  -H "Content-Type: application/zip" \\',
    `  ${address}`,
  ].join('\n')
}

function Terminal({ task }: { task: Task }) {
  const { origin } = location
  return (
    <>
      <Snippet label="Get the data" text={`curl -fsSL -o ${task.name}.zip \\\n  ${origin}${api.taskData(task.name)}\nunzip -q -d ${task.name} ${task.name}.zip`} />
      <Snippet
        label="Check a strategy: free, as often as you like"
        text={send(`${origin}${api.check(task.name)}`)}
      />
      <Snippet
        label="Submit it"
        text={send(`${origin}${api.submissions(task.name)}`)}
      />
      <Snippet label="Train it at home with a clone of Touchstone: scored on the validation set" text={`./touchstone evaluate --task ${task.name} --strategy strategy.zip`} />
      <p className={page['quiet']}>
        Scripts sign in with a token. <Link to="/tokens">Make one</Link>.
      </p>
    </>
  )
}
