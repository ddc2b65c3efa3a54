import { lazy, Suspense } from 'react'
import type { CurvePoint } from '../../api/types'
import { fixed } from '../../format/numbers'
import { Figure } from '../../ui/Figure'
import table from '../../ui/Table.module.css'
import styles from './CurveFigure.module.css'
import { finding, lines, type Measure } from './curves'

const LineChart = lazy(async () => ({ default: (await import('../../ui/LineChart')).LineChart }))

const titles: Record<Measure, string> = { accuracy: 'Accuracy', loss: 'Loss (cross-entropy, nats)' }

interface Props {
  points: readonly CurvePoint[]
  /** How many epochs there will be, so that the drawing does not change its scale as it grows. */
  epochs: number
  measure: Measure
}

export function CurveFigure({ points, epochs, measure }: Props) {
  const { epochs: at, training, validation } = lines(points, measure)
  return (
    <Figure title={titles[measure]} finding={finding(points, measure)} table={<Numbers at={at} training={training} validation={validation} />}>
      <Suspense fallback={<div className={styles['place']} />}>
        <LineChart
          label={`${titles[measure]} by epoch`}
          unit="epoch"
          xMax={epochs}
          bounded={measure === 'accuracy'}
          xs={at}
          series={[
            { name: 'validation', colour: '--blue', values: validation },
            { name: 'training', colour: '--orange', values: training },
          ]}
        />
      </Suspense>
    </Figure>
  )
}

function Numbers({ at, training, validation }: { at: readonly number[]; training: readonly number[]; validation: readonly number[] }) {
  return (
    <table className={table['table']}>
      <thead>
        <tr>
          <th scope="col">Epoch</th>
          <th scope="col" className={table['number']}>
            Validation
          </th>
          <th scope="col" className={table['number']}>
            Training
          </th>
        </tr>
      </thead>
      <tbody>
        {at.map((epoch, index) => (
          <tr key={epoch}>
            <th scope="row">{epoch}</th>
            <td className={table['number']}>{fixed(validation[index] ?? Number.NaN, 4)}</td>
            <td className={table['number']}>{fixed(training[index] ?? Number.NaN, 4)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
