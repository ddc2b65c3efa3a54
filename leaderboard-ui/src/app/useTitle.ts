import { useEffect } from 'react'

/** Names the browser's tab. An effect, because the document is outside of React. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Touchstone` : 'Touchstone'
  }, [title])
}
