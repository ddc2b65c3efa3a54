const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** A length of time in one or two words: "8 s", "4 min", "3 h 20 min", "2 days". */
export function duration(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds))
  if (rounded < minute) return `${rounded} s`
  if (rounded < hour) return `${Math.round(rounded / minute)} min`
  if (rounded < day) {
    const minutes = Math.round((rounded % hour) / minute)
    const hours = Math.floor(rounded / hour) + (minutes === 60 ? 1 : 0)
    return minutes === 0 || minutes === 60 ? `${hours} h` : `${hours} h ${minutes} min`
  }
  const days = Math.round(rounded / day)
  return days === 1 ? '1 day' : `${days} days`
}

/** Seconds of work as a person reads a stopwatch: "0.8 s", "41.2 s", "3 min 5 s". */
export function stopwatch(seconds: number): string {
  if (seconds < minute) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / minute)} min ${whole % minute} s`
}

/** A length of time in its largest unit alone: "3 h", where minutes no longer matter. */
function roughly(seconds: number): string {
  return seconds >= hour && seconds < day ? `${Math.round(seconds / hour)} h` : duration(seconds)
}

/** "just now", "4 min ago", "in 3 h". */
export function relative(moment: string, now: number): string {
  const seconds = (Date.parse(moment) - now) / 1000
  if (Math.abs(seconds) < 45) return 'just now'
  const length = roughly(Math.abs(seconds))
  return seconds < 0 ? `${length} ago` : `in ${length}`
}

const exactFormat = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
  timeZoneName: 'short',
})

/** The moment in full, with its zone, for titles. */
export function exact(moment: string): string {
  return exactFormat.format(new Date(moment))
}

const clockFormat = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false })

/** "14:05". */
export function clock(moment: string | number): string {
  return clockFormat.format(new Date(moment))
}

const dayFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })

export function calendarDay(moment: string): string {
  return dayFormat.format(new Date(moment))
}
