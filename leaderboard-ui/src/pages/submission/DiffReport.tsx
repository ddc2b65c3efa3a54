import type { Course, Diff } from '../../api/types'
import { bytes, count, counted, percent } from '../../format/numbers'
import { Facts } from '../../ui/Facts'
import { Matrix } from '../../ui/Matrix'
import { Meter } from '../../ui/Meter'
import table from '../../ui/Table.module.css'
import { classes } from '../../ui/classes'
import styles from './DiffReport.module.css'

/** What a strategy changes, known before training. */
export function DiffReport({ diff }: { diff: Diff }) {
  const said = sentences(diff)
  return (
    <div className={styles['report']}>
      <Facts
        layout="row"
        facts={[
          { term: 'Trained on', value: count(diff.trained), note: `of ${counted(diff.base, 'base sample')}` },
          { term: 'Added', value: diff.added === 0 ? '0' : `+${count(diff.added)}` },
          { term: 'Dropped', value: diff.dropped === 0 ? '0' : `−${count(diff.dropped)}` },
          ...(diff.replaced > 0 ? [{ term: 'Images replaced', value: count(diff.replaced) }] : []),
          { term: 'Labels changed', value: count(diff.labelsChanged) },
          { term: 'Labels softened', value: count(diff.softened), note: diff.entropy.soft > 0 ? bits(diff.entropy) : undefined },
        ]}
      />
      {said.length > 0 && <p className={styles['note']}>{said.join(' ')}</p>}
      {diff.budget.length > 0 && (
        <section className={styles['part']}>
          <h3>Budget</h3>
          <div className={styles['meters']}>
            {diff.budget.map((spend) => (
              <Spend key={spend.name} spend={spend} />
            ))}
          </div>
        </section>
      )}
      <div className={styles['pair']}>
        {diff.labelsChanged > 0 && <Relabelled diff={diff} />}
        {diff.classes.length > 0 && <ByClass diff={diff} />}
      </div>
      {changes(diff.course) && <ByEpoch diff={diff} />}
      {diff.rules.length > 0 && <Rules diff={diff} />}
    </div>
  )
}

const bits = ({ before, after }: Diff['entropy']) => `${before.toFixed(2)} → ${after.toFixed(2)} bits a label`

/** Whether there is more to tell than the first epoch's weight by class. */
function changes({ ranges, unknown }: Course) {
  return ranges.length > 1 || unknown.length > 0 || ranges.some((range) => range.addedPlaces > 0)
}

const newImages = (several: number, one: string, many: string) => counted(several, `new image ${one}`, `new images ${many}`)

export function sentences({ duplicates, added, dropped, replaced, labelsChanged, softened, rules }: Diff): string[] {
  const said: string[] = []
  if (duplicates.amongNew > 0) said.push(`${newImages(duplicates.amongNew, 'has', 'have')} the same pixels as another new one.`)
  if (duplicates.withBase > 0) said.push(`${newImages(duplicates.withBase, 'has', 'have')} the same pixels as one of the base set.`)
  if (duplicates.nearAmongNew > 0) said.push(`${newImages(duplicates.nearAmongNew, 'is', 'are')} nearly like another new one.`)
  if (duplicates.nearWithBase > 0) said.push(`${newImages(duplicates.nearWithBase, 'is', 'are')} nearly like one of the base set.`)
  const pairs = duplicates.examples.map(({ id, other, exact }) => `${id} ${exact ? '=' : '≈'} ${other}`)
  if (pairs.length > 0) said.push(`For example ${pairs.join(', ')}.`)
  if (added + dropped + replaced + labelsChanged + softened === 0 && rules.length === 0) {
    said.push('This strategy changes nothing: it shows what the model does with the data as it is.')
  }
  return said
}

const budgetNames: Record<string, string> = {
  add: 'Samples added',
  relabel: 'Labels changed',
  drop: 'Samples dropped',
  replace: 'Images replaced',
  archive: 'Archive',
  'archive-mb': 'Archive',
}

function Spend({ spend: { name, used, limit } }: { spend: Diff['budget'][number] }) {
  const amount = (value: number) => (name === 'archive-mb' ? bytes(value * 1_000_000) : count(value))
  const label = budgetNames[name] ?? name
  if (limit === null) {
    return (
      <p className={styles['free']}>
        <span>{label}</span>
        <span>{amount(used)}, no limit</span>
      </p>
    )
  }
  return <Meter label={label} value={used} max={limit} text={`${amount(used)} of ${amount(limit)}`} />
}

function Relabelled({ diff }: { diff: Diff }) {
  const names = diff.classes.map((one) => one.name)
  const moved = (from: number, to: number) => diff.relabelled[names[from] ?? '']?.[names[to] ?? ''] ?? 0
  const most = Math.max(1, ...Object.values(diff.relabelled).flatMap((cells) => Object.values(cells)))
  return (
    <section className={styles['part']}>
      <h3>Labels, from and to</h3>
      <Matrix
        caption="Samples whose label changes, by the label they had and the label they get"
        rowsAre="from"
        columnsAre="to"
        rows={names}
        columns={names}
        value={moved}
        shade={(from, to) => Math.sqrt(moved(from, to) / most)}
      />
    </section>
  )
}

function ByClass({ diff }: { diff: Diff }) {
  const most = Math.max(0.01, ...diff.classes.flatMap((one) => [one.weightBefore, one.weightAfter]))
  return (
    <section className={classes(styles['part'], styles['grow'])}>
      <h3>Each class, before and after</h3>
      <table className={table['table']}>
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" className={table['number']}>
              Samples
            </th>
            <th scope="col" colSpan={2} className={styles['share']}>
              Share of the weight
            </th>
          </tr>
        </thead>
        <tbody>
          {diff.classes.map((one) => (
            <tr key={one.name}>
              <th scope="row">{one.name}</th>
              <td className={table['number']}>
                {one.after === one.before ? count(one.before) : `${count(one.before)} → ${count(one.after)}`}
              </td>
              <td className={styles['bars']} aria-hidden="true">
                <span className={styles['before']} style={{ width: `${(one.weightBefore / most) * 100}%` }} />
                <span className={styles['after']} style={{ width: `${(one.weightAfter / most) * 100}%` }} />
              </td>
              <td className={table['number']}>
                {percent(one.weightBefore)} → {percent(one.weightAfter)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const shares = (places: number, weight: number) => `${percent(places)} · ${percent(weight)}`

function ByEpoch({ diff: { course, classes: rows } }: { diff: Diff }) {
  return (
    <section className={styles['part']}>
      <h3>Places and weight by epoch</h3>
      <p className={styles['note']}>
        What an epoch’s places · weight go to, as far as it is known before training.
        {course.unknown.length > 0 && ` Left out, since known only as training goes: ${course.unknown.join(', ')}.`}
      </p>
      <div className={table['wide']}>
        <table className={table['table']}>
          <thead>
            <tr>
              <th scope="col">Class</th>
              {course.ranges.map(({ from, to }) => (
                <th key={from} scope="col" className={table['number']}>
                  {from === to ? `Epoch ${from}` : `${from} to ${to}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                {course.ranges.map((range) => (
                  <td key={range.from} className={table['number']}>
                    {shares(range.classes[index]?.places ?? 0, range.classes[index]?.weight ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">all added samples</th>
              {course.ranges.map((range) => (
                <td key={range.from} className={table['number']}>
                  {shares(range.addedPlaces, range.addedWeight)}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Rules({ diff }: { diff: Diff }) {
  return (
    <section className={styles['part']}>
      <h3>Rules and what they reach</h3>
      <div className={table['wide']}>
        <table className={classes(table['table'], styles['rules'])}>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Text</th>
              <th scope="col" className={table['number']}>
                Matches
              </th>
            </tr>
          </thead>
          <tbody>
            {diff.rules.map((rule) => (
              <tr key={rule.where}>
                <th scope="row">
                  <code>{rule.where}</code>
                </th>
                <td>
                  <code className={styles['rule']}>{rule.text}</code>
                </td>
                <td className={classes(table['number'], styles['matches'])}>
                  {rule.matches === null ? 'known as training goes' : `${count(rule.matches)} of ${count(rule.of)}`}
                  {rule.matches === 0 && <span className={styles['never']}>never</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
