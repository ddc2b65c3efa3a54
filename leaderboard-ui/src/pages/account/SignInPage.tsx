import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem, forgetAnswers } from '../../api/client'
import { explain } from '../../api/explain'
import { createAccount, keys, signIn } from '../../api/queries'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { TextField } from '../../ui/TextField'
import { classes } from '../../ui/classes'
import styles from './SignInPage.module.css'

export function SignInPage() {
  const { next = '/' } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const cache = useQueryClient()
  const [isNew, setIsNew] = useState(false)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [email, setEmail] = useState('')
  useTitle(isNew ? 'Create an account' : 'Sign in')

  const enter = useMutation({
    mutationFn: () => (isNew ? createAccount(name.trim(), password, email.trim() || null) : signIn(name.trim(), password)),
    onSuccess: (account) => {
      forgetAnswers()
      cache.clear()
      cache.setQueryData(keys.session, { account })
      router.history.push(next)
    },
  })

  return (
    <div className={classes(page['page'], page['narrow'])}>
      <div className={page['head']}>
        <h1>{isNew ? 'What shall we call you?' : 'Who are you?'}</h1>
        <p className={page['lead']}>
          {isNew
            ? 'The name stands on public boards. Boards can be read without an account.'
            : 'Sign in to check and submit strategies. Boards can be read without.'}
        </p>
      </div>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!enter.isPending) enter.mutate()
        }}
      >
        <TextField label="Name" name="name" autoComplete="username" autoCapitalize="none" spellCheck={false} required value={name} onText={setName} />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          value={password}
          onText={setPassword}
          hint={isNew ? 'A long sentence is better than a short riddle.' : undefined}
        />
        {isNew && (
          <TextField
            label="E-mail, if you like"
            name="email"
            type="email"
            autoComplete="email"
            value={email}
            onText={setEmail}
            hint="Only to reach you about your submissions."
          />
        )}
        {enter.isError && <Refused error={enter.error} isNew={isNew} />}
        <Button kind="main" type="submit" refusal={enter.isPending ? 'One moment.' : null}>
          {isNew ? 'Create the account' : 'Sign in'}
        </Button>
      </form>
      <p className={styles['other']}>
        {isNew ? 'You have an account?' : 'New here?'}{' '}
        <button
          type="button"
          className={styles['switch']}
          onClick={() => {
            setIsNew((was) => !was)
            enter.reset()
          }}
        >
          {isNew ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </div>
  )
}

function Refused({ error, isNew }: { error: unknown; isNew: boolean }) {
  if (!isNew && error instanceof ApiProblem && error.status === 401) {
    return (
      <Banner tone="yours" title="Name and password do not fit." live>
        Capital letters count in the password. Nothing was changed.
      </Banner>
    )
  }
  const { title, detail } = explain(error)
  return (
    <Banner tone="yours" title={title} live>
      {detail}
    </Banner>
  )
}
