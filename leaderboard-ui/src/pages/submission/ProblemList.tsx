import { useState } from 'react'
import type { Problem } from '../../api/types'
import { counted } from '../../format/numbers'
import { Button } from '../../ui/Button'
import styles from './ProblemList.module.css'
import { excerpt } from './source'

const SHOWN_AT_FIRST = 20

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
        <FileProblems key={file} file={file} problems={ofFile} lines={source?.get(file)} />
      ))}
    </div>
  )
}

function FileProblems({ file, problems, lines }: { file: string; problems: readonly Problem[]; lines: readonly string[] | undefined }) {
  const [all, setAll] = useState(false)
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const shown = all ? sorted : sorted.slice(0, SHOWN_AT_FIRST)
  return (
    <section className={styles['file']}>
      <h3 className={styles['head']}>
        {file === '' ? 'The archive as a whole' : <code>{file}</code>}
        <span>{counted(problems.length, 'problem')}</span>
      </h3>
      <ol className={styles['problems']}>
        {shown.map((problem, index) => (
          <li key={index}>
            <OneProblem problem={problem} line={problem.line > 0 ? lines?.[problem.line - 1] : undefined} />
          </li>
        ))}
      </ol>
      {shown.length < problems.length && (
        <p className={styles['rest']}>
          <Button onClick={() => setAll(true)}>Show all {problems.length}</Button>
        </p>
      )}
    </section>
  )
}

function OneProblem({ problem, line }: { problem: Problem; line: string | undefined }) {
  return (
    <div className={styles['problem']}>
      <p className={styles['message']}>
        {problem.line > 0 && (
          <span className={styles['place']}>
            <span className="unseen">Line </span>
            {problem.line}
            {problem.column > 0 && (
              <>
                :<span className="unseen"> column </span>
                {problem.column}
              </>
            )}
          </span>
        )}
        {problem.message}
      </p>
      {line !== undefined && <Line text={line} number={problem.line} column={problem.column} />}
      {problem.instead && (
        <p className={styles['instead']}>
          <span>Instead</span>
          {problem.instead}
        </p>
      )}
    </div>
  )
}

function Line({ text, number, column }: { text: string; number: number; column: number }) {
  const { text: shown, caret } = excerpt(text, column)
  return (
    <pre className={styles['line']}>
      <span className={styles['gutter']} aria-hidden="true">
        {number}
      </span>
      <code>
        {caret === null ? (
          shown
        ) : (
          <>
            {shown.slice(0, caret)}
            <mark>{shown.slice(caret, caret + 1) || ' '}</mark>
            {shown.slice(caret + 1)}
          </>
        )}
      </code>
    </pre>
  )
}
