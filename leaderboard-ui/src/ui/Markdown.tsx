import { marked, type Token, type Tokens } from 'marked'
import type { ReactNode } from 'react'
import styles from './Markdown.module.css'
import table from './Table.module.css'

/*
 * Markdown that somebody else wrote. It is never turned into HTML text: the parsed tokens become elements from the short
 * list below, raw HTML stays visible as text, links lead only to the web or to mail, and images are their description.
 */
export function Markdown({ text }: { text: string }) {
  return <div className={styles['prose']}>{blocks(marked.lexer(text))}</div>
}

export function safeAddress(address: string): string | undefined {
  return /^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(address) ? address : undefined
}

function blocks(tokens: readonly Token[]): ReactNode[] {
  return tokens.map((token, index) => <Block key={index} token={token as Tokens.Generic} />)
}

// The lexer's tokens are told apart by `type`; each case reads the fields of its own.
function Block({ token }: { token: Tokens.Generic }): ReactNode {
  switch (token.type) {
    case 'heading':
      return token['depth'] <= 2 ? <h3>{inline(token.tokens)}</h3> : <h4>{inline(token.tokens)}</h4>
    case 'paragraph':
      return <p>{inline(token.tokens)}</p>
    case 'text':
      return token.tokens ? inline(token.tokens) : decoded(token['text'])
    case 'code':
      return (
        <pre>
          <code>{token['text']}</code>
        </pre>
      )
    case 'blockquote':
      return <blockquote>{blocks(token.tokens ?? [])}</blockquote>
    case 'hr':
      return <hr />
    case 'list':
      return <List list={token as Tokens.List} />
    case 'table':
      return <Table of={token as Tokens.Table} />
    case 'space':
    case 'def':
      return null
    default:
      return <p>{token.raw}</p>
  }
}

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, index) => <li key={index}>{blocks(item.tokens)}</li>)
  return list.ordered ? <ol start={list.start === '' ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>
}

function Table({ of }: { of: Tokens.Table }) {
  return (
    <div className={table['wide']}>
      <table className={table['table']}>
        <thead>
          <tr>
            {of.header.map((cell, index) => (
              <th key={index} scope="col">
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.rows.map((row, rowIndex) => (
            <tr key={rowIndex}>
              {row.map((cell, index) => (
                <td key={index}>{inline(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function inline(tokens: readonly Token[] | undefined): ReactNode[] {
  return (tokens ?? []).map((token, index) => <Inline key={index} token={token as Tokens.Generic} />)
}

function Inline({ token }: { token: Tokens.Generic }): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens)}</strong>
    case 'em':
      return <em>{inline(token.tokens)}</em>
    case 'del':
      return <del>{inline(token.tokens)}</del>
    case 'codespan':
      return <code>{token['text']}</code>
    case 'br':
      return <br />
    case 'link': {
      const address = safeAddress(String(token['href']))
      return address ? (
        <a href={address} rel="noreferrer nofollow">
          {inline(token.tokens)}
        </a>
      ) : (
        inline(token.tokens)
      )
    }
    case 'image':
      return <em>[image: {token['text']}]</em>
    case 'escape':
    case 'text':
      return token.tokens ? inline(token.tokens) : decoded(token['text'])
    default:
      return token.raw
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: '\u00A0' }

/** The lexer leaves the entities that a writer typed as they are. */
function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole)
}
