/**
 * View model → HTML, by the shipped templates and the host's.
 * @module
 */
import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import view from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { optionError } from '../errors.js'
import { packageDirectory } from './assets.js'
import { isFragment, markFragment } from './headers.js'
import type { KitTemplates, PageView } from './view-models.js'

const RENDER = 'renderLoginSessionView'

/**
 * Gives the context of the pages its own Eta. The host's `reply.view` is not touched.
 *
 * @param hostDirectory directory of the host's own templates: a file there replaces the shipped one of the same name
 * @throws FST_LOGIN_SESSION_OPTION if no file there does, because of a misspelt name for example
 */
export async function registerTemplates (app: FastifyInstance, hostDirectory: string | undefined): Promise<void> {
  const eta = new Eta({ cache: true })
  const templates = packageDirectory('templates')
  if (hostDirectory !== undefined) requireReplacement(templates, hostDirectory)
  eta.resolvePath = createFinder(templates, hostDirectory)
  await app.register(view, { engine: { eta }, templates, propertyName: RENDER, production: true })
}

function requireReplacement (shippedDirectory: string, hostDirectory: string): void {
  const shipped = readdirSync(shippedDirectory, { recursive: true }).map(String).filter(name => name.endsWith('.eta'))
  if (shipped.some(name => existsSync(resolve(hostDirectory, name)))) return
  throw optionError(`pages: no file in ${hostDirectory} replaces a template: give it the name of a shipped one, such as layout.eta ` +
    'or admin/page.eta, or leave templates out')
}

/** Shipped templates and the host's include each other by name. */
function createFinder (shippedDirectory: string, hostDirectory: string | undefined): (template: string) => string {
  // Eta resolves each include again, several for each row of a list, although it caches the templates themselves.
  const paths = new Map<string, string>()

  function find (template: string): string {
    const file = template.endsWith('.eta') ? template : `${template}.eta`
    const hostFile = hostDirectory === undefined ? undefined : resolve(hostDirectory, file)
    return hostFile !== undefined && existsSync(hostFile) ? hostFile : resolve(shippedDirectory, file)
  }

  return template => {
    const path = paths.get(template) ?? find(template)
    paths.set(template, path)
    return path
  }
}

/** {@link render} for the templates of one page: `Templates` maps their names to their view models. */
export type Render<Templates> =
  <Name extends keyof Templates & string>(reply: FastifyReply, name: Name, model: Templates[Name]) => FastifyReply

/** {@link renderText} for the templates of one page. */
export type RenderText<Templates> =
  <Name extends keyof Templates & string>(app: FastifyInstance, name: Name, model: Templates[Name]) => Promise<string>

/** Renders a template as the reply: a page, or a fragment with its mark. */
export function render (reply: FastifyReply, name: string, model: PageView): FastifyReply {
  const views = reply as unknown as Record<typeof RENDER, (template: string, model: object) => FastifyReply>
  reply.type('text/html; charset=utf-8').header('content-language', model.texts.language)
  if (isFragment(reply.request)) markFragment(reply, name === 'dialog' ? 'question' : 'fragment')
  return views[RENDER](name, model)
}

/** Renders a template of the kit as the reply. */
export const renderKit: Render<KitTemplates> = render

/** Renders a template to a string. @param app the context of {@link registerTemplates} */
export async function renderText (app: FastifyInstance, name: string, model: PageView): Promise<string> {
  const views = app as unknown as Record<typeof RENDER, (template: string, model: object) => Promise<string>>
  return await views[RENDER](name, model)
}
