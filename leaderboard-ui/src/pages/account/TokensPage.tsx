import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { explain } from '../../api/explain'
import { createToken, deleteToken, keys, tokensQuery } from '../../api/queries'
import type { Token } from '../../api/types'
import { ReadFailed } from '../../app/Fallback'
import page from '../../app/Page.module.css'
import { useTitle } from '../../app/useTitle'
import { Banner } from '../../ui/Banner'
import { Button } from '../../ui/Button'
import { Confirm } from '../../ui/Confirm'
import { Empty } from '../../ui/Empty'
import { Moment } from '../../ui/Moment'
import { Skeleton } from '../../ui/Skeleton'
import { Snippet } from '../../ui/Snippet'
import table from '../../ui/Table.module.css'
import { TextField } from '../../ui/TextField'
import styles from './TokensPage.module.css'

const lifetimes = [7, 30, 90, 365]
const LIFETIME_DEFAULT = 90

export function TokensPage() {
  useTitle('API tokens')
  const tokens = useQuery(tokensQuery)
  return (
    <div className={page['page']}>
      <div className={page['head']}>
        <h1>Which scripts may act for you?</h1>
        <p className={page['lead']}>
          A token lets a script check, submit and read in your name. Make one for each place, so that you can end it alone.
        </p>
      </div>
      {tokens.isPending && <Skeleton label="Reading your tokens" rows={3} />}
      {tokens.isError && <ReadFailed error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.data && (
        <>
          <NewToken />
          <section className={page['section']} aria-labelledby="tokens">
            <h2 id="tokens">Your tokens</h2>
            <Tokens tokens={tokens.data.items} />
          </section>
        </>
      )}
    </div>
  )
}

function NewToken() {
  const cache = useQueryClient()
  const [name, setName] = useState('')
  const [days, setDays] = useState(LIFETIME_DEFAULT)
  const make = useMutation({
    mutationFn: () => createToken(name.trim(), days),
    onSuccess: async () => {
      setName('')
      await cache.invalidateQueries({ queryKey: keys.tokens })
    },
  })
  return (
    <section className={page['section']} aria-labelledby="new">
      <h2 id="new" className="unseen">
        A new token
      </h2>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!make.isPending) make.mutate()
        }}
      >
        <TextField label="What is it for?" name="name" placeholder="laptop, nightly sweep …" autoComplete="off" required maxLength={80} value={name} onText={setName} />
        <label className={styles['days']}>
          <span>Valid for</span>
          <select value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {lifetimes.map((one) => (
              <option key={one} value={one}>
                {one} days
              </option>
            ))}
          </select>
        </label>
        <Button kind="main" type="submit" refusal={make.isPending ? 'One moment.' : null}>
          Make a token
        </Button>
      </form>
      {make.isError && (
        <Banner tone="yours" title={explain(make.error).title} live>
          {explain(make.error).detail}
        </Banner>
      )}
      {make.data && (
        <Banner tone="chosen" title={`Copy the token “${make.data.name}” now. It is shown this once.`} live>
          We keep only its digest, so nobody can read it again. If it is lost, delete it and make another.
          <div className={styles['once']}>
            <Snippet label="In your shell" text={`export TOUCHSTONE_TOKEN=${make.data.token}`} />
          </div>
        </Banner>
      )}
    </section>
  )
}

function Tokens({ tokens }: { tokens: readonly Token[] }) {
  const cache = useQueryClient()
  const remove = useMutation({
    mutationFn: deleteToken,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.tokens }),
  })
  if (tokens.length === 0) return <Empty title="You have no tokens.">Everything can be done in the browser; scripts need one.</Empty>
  return (
    <>
      {remove.isError && (
        <Banner tone="ours" title={explain(remove.error).title} live>
          {explain(remove.error).detail}
        </Banner>
      )}
      <table className={table['table']}>
        <thead>
          <tr>
            <th scope="col">What it is for</th>
            <th scope="col">Expires</th>
            <th scope="col">
              <span className="unseen">Acts</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <th scope="row">{token.name}</th>
              <td>{token.expires ? <Moment at={token.expires} /> : 'never'}</td>
              <td className={table['number']}>
                <Confirm
                  trigger={
                    <Button kind="quiet" aria-label={`Delete the token ${token.name}`}>
                      Delete
                    </Button>
                  }
                  title={`Delete “${token.name}”?`}
                  act="Delete the token"
                  onConfirm={() => remove.mutate(token.id)}
                >
                  Scripts that use it are refused from this moment on. What they submitted stays.
                </Confirm>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
