import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactElement, ReactNode } from 'react'
import { Button } from './Button'
import styles from './Confirm.module.css'

interface Props {
  trigger: ReactElement
  title: string
  children: ReactNode
  /** What the button does, as a verb: "Delete the token". */
  act: string
  onConfirm: () => void
}

/** Asks before an act that cannot be taken back. */
export function Confirm({ trigger, title, children, act, onConfirm }: Props) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger render={trigger} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles['backdrop']} />
        <AlertDialog.Popup className={styles['popup']}>
          <AlertDialog.Title className={styles['title']}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles['text']}>{children}</AlertDialog.Description>
          <div className={styles['acts']}>
            <AlertDialog.Close render={<Button>Keep it</Button>} />
            <AlertDialog.Close render={<Button kind="destroy">{act}</Button>} onClick={onConfirm} />
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
