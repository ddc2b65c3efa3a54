import type { ComponentProps } from 'react'
import styles from './Button.module.css'
import { classes } from './classes'

/** `main`: the one act of a page. `quiet`: beside it. `destroy`: what cannot be taken back. */
export type ButtonKind = 'main' | 'plain' | 'quiet' | 'destroy'

/** For links that look like buttons. */
export function buttonClass(kind: ButtonKind = 'plain'): string {
  return classes(styles['button'], styles[kind])
}

interface Props extends Omit<ComponentProps<'button'>, 'type'> {
  kind?: ButtonKind
  type?: 'button' | 'submit'
  /** Why the button cannot be pressed now; it stays in reach, so that the reason is heard. */
  refusal?: string | null
}

export function Button({ kind = 'plain', type = 'button', refusal = null, onClick, className, ...rest }: Props) {
  return (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type -- one of two literals, checked by its type
      type={type}
      className={classes(buttonClass(kind), className)}
      aria-disabled={refusal !== null || undefined}
      title={refusal ?? undefined}
      onClick={(event) => {
        if (refusal !== null) {
          event.preventDefault()
          return
        }
        onClick?.(event)
      }}
    />
  )
}
