import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { forgetAnswers } from '../api/client'
import { keys, sessionQuery, signOut } from '../api/queries'
import type { Account } from '../api/types'
import { buttonClass } from '../ui/Button'
import { Menu, MenuAct, MenuLink } from '../ui/Menu'
import { ThemeChoice } from './ThemeChoice'
import styles from './Shell.module.css'

export function Shell() {
  const { data } = useQuery(sessionQuery)
  const { pathname, href } = useLocation()
  return (
    <div className={styles['shell']}>
      <a href="#main" className={styles['skip']}>
        Skip to the content
      </a>
      <header className={styles['head']}>
        <div className={styles['bar']}>
          <Link to="/" className={styles['brand']}>
            <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
              <path className={styles['stone']} d="M5 9 12 3h11l5 7-2 13-9 6-11-4-3-9z" />
              <path className={styles['streak']} d="M8 21.5 24 9.5" />
            </svg>
            Touchstone
          </Link>
          <nav aria-label="Site" className={styles['nav']}>
            {data?.account && <AccountMenu account={data.account} />}
            {data?.account === null && pathname !== '/sign-in' && (
              <Link to="/sign-in" search={href === '/' ? {} : { next: href }} className={buttonClass('plain')}>
                Sign in
              </Link>
            )}
          </nav>
        </div>
      </header>
      <main id="main" tabIndex={-1} className={styles['main']}>
        <Outlet />
      </main>
      <footer className={styles['foot']}>
        <div className={styles['bar']}>
          <p>The model is frozen. What is judged is the data.</p>
          <ThemeChoice />
        </div>
      </footer>
    </div>
  )
}

function AccountMenu({ account }: { account: Account }) {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      forgetAnswers()
      cache.clear()
      cache.setQueryData(keys.session, { account: null })
      await navigate({ to: '/' })
    },
  })
  return (
    <Menu
      trigger={
        <>
          <span className="unseen">Account: </span>
          {account.name}
        </>
      }
    >
      <MenuLink link={<Link to="/tokens">API tokens</Link>} />
      <MenuAct onAct={() => leave.mutate()}>Sign out</MenuAct>
    </Menu>
  )
}
