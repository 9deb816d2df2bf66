/**
 * View model → HTML: the templates, ours and the host's.
 * @module
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import view from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { templatesDir } from './assets.js'
import type { ConfirmView, ErrorView, ListView, PageView } from './view-models.js'

/** The templates that are rendered by name, and their view models; they include the others. */
export interface Templates {
  page: ListView
  section: ListView
  head: PageView
  list: ListView
  changed: ListView
  dialog: ConfirmView
  confirm: ConfirmView
  error: ErrorView
  problem: ErrorView
}

const RENDER = 'renderLoginSessionView'

type Render = (template: string, model: object) => Promise<string>

/**
 * Gives the pages' context its own Eta; the host's `reply.view` stays the host's.
 *
 * @param hosts directory of the host's own templates: a file there replaces ours of the same name
 */
export async function registerTemplates (app: FastifyInstance, hosts: string | undefined): Promise<void> {
  const eta = new Eta({ cache: true })
  eta.resolvePath = finder(hosts)
  await app.register(view, { engine: { eta }, templates: templatesDir, propertyName: RENDER, production: true })
}

/** Ours and the host's include each other by name, wherever they are. */
function finder (hosts: string | undefined): (template: string) => string {
  // Eta asks for each include of each page, several times a row of the list; it keeps the templates themselves for good.
  const found = new Map<string, string>()

  function find (template: string): string {
    const file = template.endsWith('.eta') ? template : `${template}.eta`
    const own = hosts === undefined ? undefined : resolve(hosts, file)
    return own !== undefined && existsSync(own) ? own : resolve(templatesDir, file)
  }

  return template => {
    const path = found.get(template) ?? find(template)
    found.set(template, path)
    return path
  }
}

/** A template as text. @param app the context of {@link registerTemplates} */
export async function renderText<Name extends keyof Templates> (app: FastifyInstance, name: Name, model: Templates[Name]): Promise<string> {
  return await (app as unknown as Record<typeof RENDER, Render>)[RENDER](name, model)
}

/** A template as the reply. */
export function render<Name extends keyof Templates> (reply: FastifyReply, name: Name, model: Templates[Name]): FastifyReply {
  const views = reply as unknown as Record<typeof RENDER, (template: string, model: object) => FastifyReply>
  reply.type('text/html; charset=utf-8').header('content-language', model.texts.language)
  return views[RENDER](name, model)
}
