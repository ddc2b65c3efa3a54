import { count } from '../format/numbers'
import styles from './Matrix.module.css'
import { classes } from './classes'

interface Props {
  caption: string
  /** What a row stands for, and what a column: "given label", "predicted". */
  rowsAre: string
  columnsAre: string
  rows: readonly string[]
  columns: readonly string[]
  value: (row: number, column: number) => number
  /** How dark a cell is, 0 to 1. */
  shade: (row: number, column: number) => number
  /** Frames the cells where both classes are the same. */
  frameSame?: boolean
}

/** Counts by two classes, as a real table; shading helps the eye, the number says it. */
export function Matrix({ caption, rowsAre, columnsAre, rows, columns, value, shade, frameSame = false }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls sideways, so the keyboard must reach it
    <div className={styles['frame']} role="region" aria-label={caption} tabIndex={0}>
      <table className={styles['matrix']}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <td className={styles['corner']} rowSpan={2} aria-hidden="true">
              {rowsAre} ↓
            </td>
            <th scope="colgroup" colSpan={columns.length} className={styles['over']}>
              {columnsAre} →
            </th>
          </tr>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className={styles['column']}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, rowIndex) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {columns.map((column, columnIndex) => {
                const cell = value(rowIndex, columnIndex)
                return (
                  <td
                    key={column}
                    className={classes(cell === 0 && styles['zero'], frameSame && row === column && styles['same'])}
                    style={{ backgroundColor: `color-mix(in oklch, var(--ramp) ${Math.round(shade(rowIndex, columnIndex) * 55)}%, transparent)` }}
                  >
                    {cell === 0 ? <span aria-label="0">·</span> : count(cell)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
