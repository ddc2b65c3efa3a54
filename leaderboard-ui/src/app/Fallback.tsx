import { Link } from '@tanstack/react-router'
import { explain } from '../api/explain'
import { ApiProblem } from '../api/client'
import { Banner } from '../ui/Banner'
import { Button, buttonClass } from '../ui/Button'
import { Empty } from '../ui/Empty'
import { useTitle } from './useTitle'
import page from './Page.module.css'

export function NothingHere() {
  useTitle('Nothing here')
  return (
    <div className={page['page']}>
      <h1>Where did you want to go?</h1>
      <Empty title="There is no page at this address." act={<Link to="/" className={buttonClass('main')}>See all contests</Link>}>
        It may have been mistyped, or it is not yours to see: some contests are only for those who were invited.
      </Empty>
    </div>
  )
}

/** A mistake in the client itself, so that it is never a blank page. */
export function PageFailed({ reset }: { reset: () => void }) {
  return (
    <div className={page['page']}>
      <Banner tone="ours" title="This page failed." live acts={<Button onClick={reset}>Try again</Button>}>
        That is our mistake, not yours. What you sent is kept by the server.
      </Banner>
    </div>
  )
}

/** What could not be read, where it would have stood. */
export function ReadFailed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, detail } = explain(error)
  const signIn = error instanceof ApiProblem && error.status === 401
  const acts = signIn ? (
    <Link to="/sign-in" search={{ next: location.pathname + location.search }} className={buttonClass('main')}>
      Sign in
    </Link>
  ) : (
    retry && <Button onClick={retry}>Try again</Button>
  )
  return (
    <Banner tone={error instanceof ApiProblem && error.status < 500 ? 'yours' : 'ours'} title={title} live acts={acts}>
      {detail}
    </Banner>
  )
}
