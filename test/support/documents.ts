/**
 * README.md and the documents beside it: their sections, tables and code.
 * @module
 */
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { root } from './root.js'

/** A document at the repository's root, such as 'README.md'. */
export const documentNamed = (name: string): string => readFileSync(`${root}${name}`, 'utf8')

/** The code blocks of this language. */
export const codeBlocks = (text: string, language: string): string[] =>
  [...text.matchAll(RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code!)

/** A block of TypeScript as a module that Node runs. */
export const javascriptOf = (code: string): string =>
  ts.transpile(code, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 })

/** What stands below this heading, up to the next one of the same level or a higher one. */
export function sectionOf (text: string, heading: string): string {
  const level = /^#+/.exec(heading)![0].length
  const [, after] = text.split(`\n${heading}\n`)
  if (after === undefined) throw new Error(`there is no heading "${heading}"`)
  return after.split(RegExp(`^#{1,${level}} `, 'm'))[0]!
}

/** The cells of each row of the tables in this text, without their headings. */
export function rowsOf (text: string): string[][] {
  const lines = text.split('\n')
  const isRule = (line: string | undefined): boolean => line !== undefined && /^\| *:?-/.test(line)
  const rows = lines.filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1]))
  return rows.map(row => row.slice(1, -1).split(/(?<!\\)\|/).map(cell => cell.trim()))
}

/** What stands in backticks, within a line. */
export const codeIn = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)

/** The anchor that a heading of Markdown gets. */
export const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')
