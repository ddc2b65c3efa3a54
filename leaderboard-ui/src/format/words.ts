/** A metric's name as it stands in a sentence: "balanced-accuracy" is "balanced accuracy". */
export function metricName(metric: string): string {
  return metric.replaceAll('-', ' ')
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
