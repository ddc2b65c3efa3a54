import { Menu as BaseMenu } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import styles from './Menu.module.css'

/** A button that opens a short list of acts and links. */
export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger className={styles['trigger']}>
        {trigger}
        <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true">
          <path d="M1 1l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </svg>
      </BaseMenu.Trigger>
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align="end" className={styles['place']}>
          <BaseMenu.Popup className={styles['popup']}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}

export function MenuAct({ onAct, children }: { onAct: () => void; children: ReactNode }) {
  return (
    <BaseMenu.Item className={styles['item']} onClick={onAct}>
      {children}
    </BaseMenu.Item>
  )
}

export function MenuLink({ link }: { link: ReactElement }) {
  return <BaseMenu.LinkItem className={styles['item']} render={link} />
}
