import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import UPlot from 'uplot'
import styles from './LineChart.module.css'

export interface Series {
  name: string
  /** A custom property of the page: `--blue`. */
  colour: string
  values: readonly number[]
}

interface Props {
  label: string
  unit: string
  xs: readonly number[]
  xMax: number
  /** Values are shares of one. */
  bounded: boolean
  series: readonly Series[]
}

const HEIGHT = 220
const LABEL_ROOM = 76

/** Lines by step, with their names at their ends. The arrow keys walk along; what is under the cursor is said below. */
export function LineChart({ label, unit, xs, xMax, bounded, series }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<UPlot>(null)
  const [at, setAt] = useState<number | null>(null)
  const data = useRef<UPlot.AlignedData>([[]])
  const names = series.map((one) => `${one.name}:${one.colour}`).join(',')

  useEffect(() => {
    data.current = [[...xs], ...series.map((one) => [...one.values])]
    chart.current?.setData(data.current)
  }, [xs, series])

  // uPlot draws on a canvas of its own: it is made anew when its look changes, and only fed when its data do.
  useEffect(() => {
    const element = host.current
    if (!element) return
    const make = () => {
      chart.current?.destroy()
      chart.current = new UPlot(options(element.clientWidth, xMax, bounded, names, setAt), data.current, element)
    }
    make()
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }))
    resized.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', make)
    addEventListener('touchstone-theme', make)
    return () => {
      resized.disconnect()
      dark.removeEventListener('change', make)
      removeEventListener('touchstone-theme', make)
      chart.current?.destroy()
      chart.current = null
    }
  }, [xMax, bounded, names])

  function walk(event: KeyboardEvent) {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const last = xs.length - 1
    if (step === 0 || last < 0 || !chart.current) return
    event.preventDefault()
    const next = Math.min(last, Math.max(0, (at ?? (step > 0 ? -1 : last + 1)) + step))
    chart.current.setCursor({ left: chart.current.valToPos(xs[next] ?? 0, 'x'), top: 20 })
    setAt(next)
  }

  return (
    <div className={styles['chart']}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions -- the arrow keys walk along the lines */}
      <div ref={host} className={styles['canvas']} role="img" aria-label={`${label}. Arrow keys read it point by point.`} tabIndex={0} onKeyDown={walk} />
      <p className={styles['said']} aria-live="polite">
        {at === null || xs[at] === undefined
          ? ' '
          : `${unit} ${xs[at]}: ${series.map((one) => `${one.name} ${(one.values[at] ?? Number.NaN).toFixed(3)}`).join(', ')}`}
      </p>
    </div>
  )
}

/** Canvas knows no custom properties: an element is asked what they come to. */
function colour(property: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${property})`
  document.body.append(probe)
  const value = getComputedStyle(probe).color
  probe.remove()
  return value
}

function options(width: number, xMax: number, bounded: boolean, names: string, onCursor: (index: number | null) => void): UPlot.Options {
  const ink = colour('--ink-quiet')
  const grid = { stroke: colour('--grid'), width: 1 }
  const font = `12px ${getComputedStyle(document.body).fontFamily}`
  const series = names.split(',').map((entry) => {
    const [name = '', property = ''] = entry.split(':')
    return { name, colour: colour(property) }
  })
  return {
    width,
    height: HEIGHT,
    padding: [8, LABEL_ROOM, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: () => [Math.min(1, xMax - 1), Math.max(2, xMax)] },
      y: {
        range: (_, low, high) => {
          if (low === null || high === null) return [0, 1]
          const room = Math.max((high - low) * 0.08, 0.01)
          return bounded ? [Math.max(0, low - room), Math.min(1, high + room)] : [Math.max(0, low - room), high + room]
        },
      },
    },
    axes: [
      { stroke: ink, font, grid: { show: false }, ticks: { show: false }, size: 28, gap: 6, incrs: [1, 2, 5, 10, 20, 50, 100] },
      { stroke: ink, font, grid, ticks: { show: false }, size: 44, gap: 6 },
    ],
    series: [
      {},
      ...series.map((one) => ({ label: one.name, stroke: one.colour, width: 1.5, points: { show: (plot: UPlot) => (plot.data[0]?.length ?? 0) < 2, size: 6, fill: one.colour } })),
    ],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
      draw: [(plot) => drawNames(plot, series, font)],
    },
  }
}

const NAME_HEIGHT = 14

/** The lines' names stand at their ends, pushed apart where they would meet. */
function drawNames(plot: UPlot, series: readonly { name: string; colour: string }[], font: string) {
  const last = (plot.data[0]?.length ?? 0) - 1
  const x = plot.data[0]?.[last]
  if (x === undefined) return
  const ratio = devicePixelRatio
  const ends = series
    .map((one, index) => ({ ...one, y: plot.valToPos(plot.data[index + 1]?.[last] ?? 0, 'y', true) }))
    .toSorted((a, b) => a.y - b.y)
  const lowest = plot.bbox.top + plot.bbox.height
  for (const [index, end] of ends.entries()) {
    const above = ends[index - 1]
    if (above) end.y = Math.max(end.y, above.y + NAME_HEIGHT * ratio)
  }
  const over = (ends.at(-1)?.y ?? 0) - lowest
  const { ctx } = plot
  ctx.save()
  ctx.font = font.replace('12px', `${12 * ratio}px`)
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  for (const end of ends) {
    ctx.fillStyle = end.colour
    ctx.fillText(end.name, plot.valToPos(x, 'x', true) + 8 * ratio, end.y - Math.max(0, over))
  }
  ctx.restore()
}
