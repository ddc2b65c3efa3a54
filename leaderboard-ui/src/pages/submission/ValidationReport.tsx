import type { Validation } from '../../api/types'
import page from '../../app/Page.module.css'
import { count, fixed, percent } from '../../format/numbers'
import { capitalized, metricName } from '../../format/words'
import { Facts } from '../../ui/Facts'
import { Matrix } from '../../ui/Matrix'
import table from '../../ui/Table.module.css'
import styles from './ValidationReport.module.css'
import { wilson } from './status'

/** How the final weights do on the public validation set, where everything may be told. */
export function ValidationReport({
  validation,
  classes: names,
  shown,
}: {
  validation: Validation
  classes: readonly string[]
  /** The metrics that the contest shows, the deciding one first; all where it is not known. */
  shown: readonly string[] | undefined
}) {
  const metrics = (shown ?? Object.keys(validation.metrics)).filter((metric) => metric in validation.metrics)
  const columns = names.length > 0 ? names : validation.classes.map((one) => one.name)
  return (
    <section className={page['section']} aria-labelledby="validation">
      <h2 id="validation">On the validation set</h2>
      <p className={page['quiet']}>{sentence(validation, columns)}</p>
      {metrics.length > 0 && (
        <Facts
          layout="row"
          facts={metrics.map((metric) => ({
            term: capitalized(metricName(metric)),
            value: fixed(validation.metrics[metric] ?? 0, 3),
          }))}
        />
      )}
      <div className={styles['pair']}>
        <div className={styles['part']}>
          <h3>Each class</h3>
          <Recalls of="Class" rows={validation.classes.map((one) => ({ ...one, key: one.name }))} />
        </div>
        {validation.confusion.length > 0 && (
          <div className={styles['part']}>
            <h3>Taken for</h3>
            <Confusion confusion={validation.confusion} names={columns} />
          </div>
        )}
      </div>
      {validation.slices.length > 0 && (
        <div className={styles['pair']}>
          {bySlices(validation).map(([column, rows]) => (
            <div key={column} className={styles['part']}>
              <h3>By {column}</h3>
              <Recalls of={capitalized(column)} rows={rows} />
            </div>
          ))}
        </div>
      )}
    </section>
  )
}

interface Row {
  key: string
  name: string
  samples: number
  recall: number
}

function Recalls({ of, rows }: { of: string; rows: readonly Row[] }) {
  return (
    <table className={table['table']}>
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col" className={table['number']}>
            Images
          </th>
          <th scope="col" colSpan={2}>
            Recognized, with its 90% interval
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((one) => (
          <tr key={one.key}>
            <th scope="row">{one.name}</th>
            <td className={table['number']}>{count(one.samples)}</td>
            <td className={styles['bar']} aria-hidden="true">
              <Recall recall={one.recall} samples={one.samples} />
            </td>
            <td className={table['number']}>{percent(one.recall)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** One table a metadata column, in the order in which they came. */
export function bySlices({ slices }: Validation): [string, Row[]][] {
  const tables = new Map<string, Row[]>()
  for (const { column, value, samples, accuracy } of slices) {
    const rows = tables.get(column) ?? []
    rows.push({ key: value, name: value === '' ? '(empty)' : value, samples, recall: accuracy })
    tables.set(column, rows)
  }
  return [...tables]
}

function Recall({ recall, samples }: { recall: number; samples: number }) {
  const { low, high } = wilson(recall, samples)
  return (
    <svg width="100%" height="14" className={styles['recall']}>
      <line x1="0" x2="100%" y1="50%" y2="50%" className={styles['whole']} />
      <line x1={percent(low)} x2={percent(high)} y1="50%" y2="50%" className={styles['interval']} />
      <circle cx={percent(recall)} cy="50%" r="3.5" className={styles['dot']} />
    </svg>
  )
}

function Confusion({ confusion, names }: { confusion: readonly (readonly number[])[]; names: readonly string[] }) {
  const sizes = confusion.map((row) => row.reduce((sum, cell) => sum + cell, 0))
  const cell = (given: number, predicted: number) => confusion[given]?.[predicted] ?? 0
  return (
    <Matrix
      caption="Validation images by the class they are and the class they are taken for"
      rowsAre="is"
      columnsAre="taken for"
      rows={names}
      columns={names}
      value={cell}
      frameSame
      // What is right is only framed: the shade shows where it goes wrong.
      shade={(given, predicted) => (given === predicted ? 0 : Math.min(1, Math.sqrt((cell(given, predicted) / Math.max(1, sizes[given] ?? 1)) * 3)))}
    />
  )
}

/** Names the weakest class and where it mostly goes. */
export function sentence({ classes, confusion }: Validation, names: readonly string[]): string {
  const weakest = classes.reduce<Validation['classes'][number] | null>((so, one) => (so === null || one.recall < so.recall ? one : so), null)
  if (!weakest) return ''
  const at = names.indexOf(weakest.name)
  const row = confusion[at] ?? []
  const others = row.map((cell, index) => (index === at ? -1 : cell))
  const most = Math.max(0, ...others)
  const name = most > 0 ? names[others.indexOf(most)] : undefined
  const base = `“${weakest.name}” is the hardest class: ${percent(weakest.recall)} of its images are recognized`
  return name === undefined ? `${base}.` : `${base}, and ${count(most)} of ${count(weakest.samples)} are taken for “${name}”.`
}
