const whole = new Intl.NumberFormat('en')

/** 12345 as "12,345". */
export function count(value: number): string {
  return whole.format(value)
}

/** "1 sample", "2,000 samples". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** Digits after the point that a score with this half-width deserves: to the second significant digit of its uncertainty. */
export function scoreDecimals(halfWidth: number): number {
  if (!(halfWidth > 0)) return 3
  const firstDigit = Math.floor(Math.log10(halfWidth))
  return Math.min(4, Math.max(2, 1 - firstDigit))
}

/** One number of digits for a whole column: that of its median uncertainty. */
export function columnDecimals(halfWidths: readonly number[]): number {
  const known = halfWidths.filter((width) => width > 0).toSorted((a, b) => a - b)
  return scoreDecimals(known[Math.floor(known.length / 2)] ?? 0)
}

/** " ± 0.012"; nothing where the uncertainty is not known (0). */
export function plusMinus(halfWidth: number, decimals: number): string {
  return halfWidth > 0 ? ` ± ${fixed(halfWidth, decimals)}` : ''
}

export function fixed(value: number, decimals: number): string {
  return value.toFixed(decimals)
}

/** Metrics that are no shares of one have no points. */
const noShares = new Set(['log-loss', 'brier', 'calibration-error'])

export function isShare(metric: string): boolean {
  return !noShares.has(metric)
}

const minus = '−'

/** A difference with its sign: in points (hundredths) for metrics that are shares, else as it is. */
export function difference(value: number, metric: string): string {
  const text = isShare(metric) ? Math.abs(value * 100).toFixed(1) : Math.abs(value).toFixed(3)
  if (Number(text) === 0) return isShare(metric) ? '0.0' : '0.000'
  return `${value > 0 ? '+' : minus}${text}`
}

/** 0.1234 as "12.3%". */
export function percent(share: number, decimals = 1): string {
  return `${(share * 100).toFixed(decimals)}%`
}

/** A share that is set by a person: 0.2 as "20%", 0.125 as "12.5%". */
export function plainPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

const byteUnits = ['B', 'kB', 'MB', 'GB']

/** 1234567 as "1.2 MB", 10000000 as "10 MB"; units of a thousand, as the budget counts them. */
export function bytes(value: number): string {
  let unit = 0
  let shown = value
  while (shown >= 999.5 && unit < byteUnits.length - 1) {
    shown /= 1000
    unit += 1
  }
  return `${unit === 0 || shown >= 100 ? Math.round(shown) : Number(shown.toFixed(1))} ${byteUnits[unit]}`
}

/** Round tick values that lie inside the range, at most `most` of them. */
export function ticks(low: number, high: number, most = 5): number[] {
  const rough = (high - low) / most
  if (!(rough > 0)) return []
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}
