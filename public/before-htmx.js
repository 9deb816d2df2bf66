/*
 * Runs immediately before the page's own copy of htmx, and keeps it apart from an htmx of the host's, of any version.
 *
 * htmx reads its settings from the page, and writes itself to `window.htmx`. Both belong to the host. So the settings of
 * our copy stand in the page only while it starts, and `giveBack` restores what was there before. Modules run one after the
 * other, so no other script sees anything of this.
 *
 * Our copy reads the attributes `ls-hx-*`, which no other htmx knows, and its events are called `htmx-after-swap` and the
 * like, not `htmx:after:swap`. It leaves the browser's history and the host's styles alone.
 */
const SETTINGS = {
  prefix: 'ls-hx-', metaCharacter: '-', history: false, includeIndicatorCSS: false, requestClass: 'ls-request'
}

const hosts = { has: Object.hasOwn(window, 'htmx'), htmx: window.htmx }
const meta = Object.assign(document.createElement('meta'), { name: 'htmx-config', content: JSON.stringify(SETTINGS) })
document.head.prepend(meta)

/* Call it once, as soon as htmx has started. */
export function giveBack () {
  meta.remove()
  if (hosts.has) window.htmx = hosts.htmx
  else delete window.htmx
}
