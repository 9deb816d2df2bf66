/**
 * Record → view model → HTML.
 * @module
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import view from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type AssetUrls, templatesDir } from './assets.js'
import type { DeviceKind } from './device.js'
import type { LoginSession } from './login-sessions.js'
import type { MessageKey, Texts } from './messages.js'
import type { ConfirmationKind } from './password.js'

/** A moment as a page shows it. */
export interface MomentView {
  /** For `<time datetime>`. */
  iso: string
  /** "3 minutes ago" */
  relative: string
  /** "Nov 24, 2026, 1:05 PM UTC" */
  absolute: string
}

/** One row of the list. Everything in it is text: templates escape it. */
export interface SessionView {
  id: string
  current: boolean
  /** "Chrome on Windows" */
  name: string
  kind: DeviceKind
  kindText: string
  ip: string
  userAgent: string
  lastActive: MomentView
  signedIn: MomentView
  expires: MomentView
  revokeUrl: string
  /** The accessible name of its button, unlike that of any other row. */
  revokeLabel: string
}

/** What every template gets. */
export interface PageView {
  texts: Texts
  say: Texts['say']
  assets: AssetUrls
  /** Where the pages are, without a slash at its end. */
  base: string
  listUrl: string
  title: string
}

/** The list and what stands around it. */
export interface ListView extends PageView {
  sessions: SessionView[]
  /** Sessions beside this one. */
  othersCount: number
  othersUrl: string
  canRevoke: boolean
  noPassword: boolean
  /** What has just happened, for the status region. */
  message: string | null
}

/** The question before a session is ended. */
export interface ConfirmView extends PageView {
  action: string
  question: string
  detail: string
  /** null: it cannot be done; `error` says why. */
  submit: string | null
  askPassword: boolean
  csrf: string
  error: string | null
}

/** A page that says why something did not work. */
export interface ErrorView extends PageView {
  message: string
}

/** The templates and their view models. */
export interface Templates {
  page: ListView
  list: ListView
  changed: ListView
  dialog: ConfirmView
  confirm: ConfirmView
  error: ErrorView
  problem: ErrorView
}

const RENDER = 'renderLoginSessionView'

/**
 * Gives the pages' context its own Eta; the host's `reply.view` stays the host's.
 *
 * @param hosts directory of the host's own templates: a file there replaces ours of the same name
 */
export async function registerViews (app: FastifyInstance, hosts: string | undefined): Promise<void> {
  const eta = new Eta({ cache: true })
  if (hosts !== undefined) eta.resolvePath = replaceable(hosts)
  await app.register(view, { engine: { eta }, templates: templatesDir, propertyName: RENDER, production: true })
}

/** Ours and the host's include each other by name, wherever they are. */
function replaceable (hosts: string): (template: string) => string {
  // Eta asks for each include of each page, twice a row of the list; it keeps the templates themselves for good.
  const found = new Map<string, string>()

  function find (template: string): string {
    const file = template.endsWith('.eta') ? template : `${template}.eta`
    const own = resolve(hosts, file)
    return existsSync(own) ? own : resolve(templatesDir, file)
  }

  return template => {
    const path = found.get(template) ?? find(template)
    found.set(template, path)
    return path
  }
}

/** Renders a template as the reply. */
export function render<Name extends keyof Templates> (reply: FastifyReply, name: Name, model: Templates[Name]): FastifyReply {
  const views = reply as unknown as Record<typeof RENDER, (template: string, model: object) => FastifyReply>
  reply.type('text/html; charset=utf-8')
  return views[RENDER](name, model)
}

const KINDS: Record<DeviceKind, MessageKey> = {
  desktop: 'kindDesktop', phone: 'kindPhone', tablet: 'kindTablet', tv: 'kindTv', other: 'kindOther', unknown: 'kindUnknown'
}

/** @param now what relative times are relative to */
export function toSessionView (session: LoginSession, currentId: string, base: string, texts: Texts, now: Date): SessionView {
  const moment = (date: Date): MomentView => ({ iso: date.toISOString(), relative: texts.relative(date, now), absolute: texts.absolute(date) })
  const name = deviceName(session, texts)
  const lastActive = moment(session.lastActiveAt)
  return {
    id: session.id,
    current: session.id === currentId,
    name,
    kind: session.device.kind,
    kindText: texts.say(KINDS[session.device.kind]),
    ip: session.ip ?? texts.say('unknownAddress'),
    userAgent: session.userAgent,
    lastActive,
    signedIn: moment(session.createdAt),
    expires: moment(session.expiresAt),
    revokeUrl: `${base}/${session.id}/revoke`,
    revokeLabel: texts.say('signOutNamed', { name, when: lastActive.absolute })
  }
}

/** "Chrome on Windows", with words for what is not known. */
export function deviceName ({ device: { browser, os } }: Pick<LoginSession, 'device'>, texts: Texts): string {
  if (os === null) return browser ?? texts.say('unknownDevice')
  return texts.say('browserOnSystem', { browser: browser ?? texts.say('unknownBrowser'), system: os })
}

/** This device first, the others as they come: last active first. */
export function toListView (page: PageView, list: LoginSession[], currentId: string, confirmation: ConfirmationKind, now: Date, message: string | null): ListView {
  const sessions = list.map(session => toSessionView(session, currentId, page.base, page.texts, now))
  const others = sessions.filter(({ current }) => !current)
  return {
    ...page,
    sessions: [...sessions.filter(({ current }) => current), ...others],
    othersCount: others.length,
    othersUrl: `${page.base}/others/revoke`,
    canRevoke: confirmation !== 'no-password',
    noPassword: confirmation === 'no-password',
    message
  }
}
