import { Field } from '@base-ui/react/field'
import type { ComponentProps, ReactNode } from 'react'
import styles from './TextField.module.css'

interface Props extends Omit<ComponentProps<typeof Field.Control>, 'className' | 'onValueChange'> {
  label: string
  hint?: ReactNode
  error?: string | null
  onText: (text: string) => void
}

export function TextField({ label, hint, error = null, onText, ...control }: Props) {
  return (
    <Field.Root className={styles['field']} invalid={error !== null}>
      <Field.Label className={styles['label']}>{label}</Field.Label>
      <Field.Control {...control} className={styles['control']} onValueChange={(value) => onText(value)} />
      {hint && <Field.Description className={styles['hint']}>{hint}</Field.Description>}
      {error && (
        <Field.Error className={styles['error']} match>
          {error}
        </Field.Error>
      )}
    </Field.Root>
  )
}
