import { useState } from 'react'
import type { Problem } from '../../api/types'
import { counted } from '../../format/numbers'
import { capitalized } from '../../format/words'
import { Button } from '../../ui/Button'
import styles from './ProblemList.module.css'
import { excerpt, wordLength } from './source'

const MISTAKES_SHOWN = 20
const PLACES_SHOWN = 4

interface Props {
  problems: readonly Problem[]
  /** Lines by file, where the archive is at hand. */
  source?: ReadonlyMap<string, string[]>
}

/** What is wrong, file by file: where, the line itself, and what to write instead. */
export function ProblemList({ problems, source }: Props) {
  const groups = Map.groupBy(problems, (problem) => problem.file ?? '')
  return (
    <div className={styles['list']}>
      {[...groups].map(([file, ofFile]) => (
        <FileProblems key={file} file={file} problems={ofFile} lines={source?.get(file) ?? []} />
      ))}
    </div>
  )
}

function FileProblems({ file, problems, lines }: { file: string; problems: readonly Problem[]; lines: readonly string[] }) {
  const [all, setAll] = useState(false)
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  // One mistake made in many lines is told once, with its places.
  const mistakes = [...Map.groupBy(sorted, (problem) => `${problem.message}\n${problem.instead ?? ''}`).values()]
  const shown = all ? mistakes : mistakes.slice(0, MISTAKES_SHOWN)
  return (
    <section className={styles['file']}>
      <h3 className={styles['head']}>
        {file === '' ? 'The archive as a whole' : <code>{file}</code>}
        <span>{counted(problems.length, 'problem')}</span>
      </h3>
      <ol className={styles['problems']}>
        {shown.map((places) => (
          <li key={`${places[0]?.message} ${places[0]?.line}`}>
            <Mistake places={places} lines={lines} />
          </li>
        ))}
      </ol>
      {shown.length < mistakes.length && (
        <p className={styles['rest']}>
          <Button onClick={() => setAll(true)}>Show all {mistakes.length}</Button>
        </p>
      )}
    </section>
  )
}

function Mistake({ places, lines }: { places: readonly Problem[]; lines: readonly string[] }) {
  const [all, setAll] = useState(false)
  const [first] = places
  if (!first) return null
  const shown = all ? places : places.slice(0, PLACES_SHOWN)
  const hasLines = shown.some((place) => place.line > 0 && lines[place.line - 1] !== undefined)
  return (
    <div className={styles['problem']}>
      <p className={styles['message']}>
        {first.line > 0 && (
          <span className={styles['place']}>
            <span className="unseen">Line </span>
            {first.line}
            {first.column > 0 && (
              <>
                :<span className="unseen"> column </span>
                {first.column}
              </>
            )}
          </span>
        )}
        {capitalized(first.message)}
        {places.length > 1 && <span className={styles['times']}> In {places.length} places.</span>}
      </p>
      {hasLines && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls sideways, so the keyboard must reach it
        <div className={styles['lines']} tabIndex={0} role="group" aria-label="In the file">
          {shown.map((place) => (
            <Line key={`${place.line}:${place.column}`} text={lines[place.line - 1] ?? ''} number={place.line} column={place.column} />
          ))}
        </div>
      )}
      {!hasLines && places.length > 1 && <p className={styles['times']}>Lines {shown.map((place) => place.line).join(', ')}</p>}
      {first.instead && (
        <p className={styles['instead']}>
          <span aria-hidden="true">→</span>
          <span className="unseen">Instead: </span>
          {capitalized(first.instead)}
        </p>
      )}
      {shown.length < places.length && (
        <p>
          <Button kind="quiet" className={styles['more']} onClick={() => setAll(true)}>
            Show all {places.length} places
          </Button>
        </p>
      )}
    </div>
  )
}

function Line({ text, number, column }: { text: string; number: number; column: number }) {
  const { text: shown, caret } = excerpt(text, column)
  return (
    <div className={styles['line']}>
      <span className={styles['gutter']} aria-hidden="true">
        {number}
      </span>
      <code>{caret === null ? shown : <Pointed text={shown} from={caret} />}</code>
    </div>
  )
}

function Pointed({ text, from }: { text: string; from: number }) {
  const to = from + wordLength(text, from)
  return (
    <>
      {text.slice(0, from)}
      <mark>{text.slice(from, to) || ' '}</mark>
      {text.slice(to)}
    </>
  )
}
