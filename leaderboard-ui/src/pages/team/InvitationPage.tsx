import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { forgetAnswers } from '../../api/client'
import { explain } from '../../api/explain'
import { acceptInvitation, sessionQuery } from '../../api/queries'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { Skeleton } from '../../ui/Skeleton'
import { TextField } from '../../ui/TextField'
import { SignInFirst } from './SignInFirst'
import styles from './Team.module.css'

/** The way into a contest that is not public: a link that its organizer handed on. */
export function InvitationPage() {
  useTitle('An invitation')
  const session = useQuery(sessionQuery)
  return (
    <div className={page['page']}>
      <header className={page['head']}>
        <h1>Were you invited?</h1>
        <p className={page['lead']}>Some contests are for those who were invited. The code that you were sent lets you in, under your account.</p>
      </header>
      {session.isPending && <Skeleton label="One moment" rows={1} />}
      {session.data && (session.data.account ? <Accept /> : <SignInFirst>The contest is opened to an account, and you come back here with your code.</SignInFirst>)}
    </div>
  )
}

function Accept() {
  const { code: given } = useSearch({ from: '/invitation' })
  const [code, setCode] = useState(given ?? '')
  const navigate = useNavigate()
  const cache = useQueryClient()
  const accept = useMutation({
    mutationFn: () => acceptInvitation(code.trim()),
    onSuccess: async ({ task }) => {
      forgetAnswers()
      await cache.invalidateQueries()
      await navigate({ to: '/tasks/$task', params: { task } })
    },
  })
  return (
    <>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!accept.isPending) accept.mutate()
        }}
      >
        <TextField label="Code" name="code" autoComplete="off" spellCheck={false} required maxLength={100} value={code} onText={setCode} />
        <Button kind="main" type="submit" refusal={accept.isPending ? 'One moment.' : null}>
          Come in
        </Button>
      </form>
      {accept.isError && (
        <Banner tone="yours" title={explain(accept.error).title} live>
          {explain(accept.error).detail}
        </Banner>
      )}
    </>
  )
}
