import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { taskQuery } from './queries'
import type { Task } from './types'

/** The contest of the page; the frame around it shows a page only once the contest was read. */
export function useTask(): Task {
  const { task: name } = useParams({ from: '/tasks/$task' })
  const { data } = useQuery(taskQuery(name))
  if (!data) throw new Error(`The contest ${name} was not read before its page was shown.`)
  return data
}
