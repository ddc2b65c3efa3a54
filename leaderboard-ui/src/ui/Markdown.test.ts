import { describe, expect, it } from 'vitest'
import { safeAddress } from './Markdown'

describe('links in what somebody else wrote', () => {
  it('lead to the web, to mail and within this site', () => {
    for (const address of ['https://example.org/a', 'HTTP://example.org', 'mailto:a@example.org', '/tasks/a', '#part']) {
      expect(safeAddress(address)).toBe(address)
    }
  })
  it('lead nowhere else', () => {
    for (const address of ['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '//example.org']) {
      expect(safeAddress(address)).toBeUndefined()
    }
  })
})
