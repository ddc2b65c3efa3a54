import { Link, useLocation } from '@tanstack/react-router'
import { buttonClass } from '../../ui/Button'
import { Empty } from '../../ui/Empty'

/** In place of what needs an account; comes back to this very address. */
export function SignInFirst({ children }: { children: string }) {
  const here = useLocation()
  return (
    <Empty
      title="Sign in first."
      act={
        <Link to="/sign-in" search={{ next: here.href }} className={buttonClass('main')}>
          Sign in
        </Link>
      }
    >
      {children}
    </Empty>
  )
}
