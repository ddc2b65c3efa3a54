import { useState } from 'react'
import styles from './ThemeChoice.module.css'

type Theme = 'system' | 'light' | 'dark'

const themes: readonly Theme[] = ['system', 'light', 'dark']
const STORED_AS = 'touchstone-theme' // Read by public/theme.js before the first paint.

function current(): Theme {
  const set = document.documentElement.dataset['theme']
  return set === 'light' || set === 'dark' ? set : 'system'
}

function choose(theme: Theme) {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    if (theme === 'system') localStorage.removeItem(STORED_AS)
    else localStorage.setItem(STORED_AS, theme)
  } catch {
    // Storage may be forbidden: then the choice holds until the page is left.
  }
  dispatchEvent(new Event('touchstone-theme'))
}

export function ThemeChoice() {
  const [theme, setTheme] = useState(current)
  return (
    <fieldset className={styles['choice']}>
      <legend className="unseen">Colours</legend>
      {themes.map((one) => (
        <label key={one} className={styles['one']}>
          <input
            type="radio"
            name="theme"
            checked={theme === one}
            onChange={() => {
              choose(one)
              setTheme(one)
            }}
          />
          <span>{one === 'system' ? 'System' : one === 'light' ? 'Light' : 'Dark'}</span>
        </label>
      ))}
    </fieldset>
  )
}
