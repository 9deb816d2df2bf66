/*
 * Keeps relative times up to date, and shows absolute times in the reader's time zone.
 * Without JavaScript, the times stay as the server wrote them.
 */
(() => {
  /* The units of plugin/pages/texts.ts: name, length in seconds, and the number from which the next unit is used. */
  const UNITS = [['minute', 60, 60], ['hour', 3600, 24], ['day', 86400, 7], ['week', 604800, 5], ['month', 2592000, 12], ['year', 31536000, Infinity]]
  const HALF_A_MINUTE = 30_000

  /* How far the server's clock is ahead of the reader's, in ms. The times come from the server's clock. */
  const ahead = new WeakMap()

  function update () {
    for (const section of document.querySelectorAll('.login-sessions[lang]')) {
      const now = nowIn(section)
      const locale = section.dataset.lsLocale ?? section.lang
      const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
      const absolute = new Intl.DateTimeFormat(locale, {
        year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short'
      })
      for (const time of section.querySelectorAll('time')) {
        const date = new Date(time.dateTime)
        if ('lsAbsolute' in time.dataset) write(time, absolute.format(date))
        else {
          write(time, relativeTo(now, date, relative, section.dataset))
          time.title = absolute.format(date)
        }
      }
      // The accessible names of buttons contain times too.
      for (const button of section.querySelectorAll('[data-ls-label]')) {
        const parts = JSON.parse(button.dataset.lsLabel)
        button.ariaLabel = parts.map(part => typeof part === 'string' ? part : absolute.format(new Date(part.iso))).join('')
      }
    }
  }

  function nowIn (section) {
    const { lsNow } = section.dataset
    if (!ahead.has(section)) ahead.set(section, lsNow ? new Date(lsNow) - Date.now() : 0)
    return Date.now() + ahead.get(section)
  }

  function relativeTo (now, date, format, { lsJustNow, lsSoon }) {
    const seconds = (date - now) / 1000
    const distance = Math.abs(seconds)
    if (distance < 60) return seconds > 0 ? lsSoon : lsJustNow
    const [unit, length] = UNITS.find(([, length, below]) => Math.round(distance / length) < below)
    return format.format(Math.sign(seconds) * Math.round(distance / length), unit)
  }

  /* Writes only what differs, because a screen reader may read each change. */
  function write (time, words) {
    if (time.textContent !== words) time.textContent = words
  }

  update()
  document.addEventListener('htmx-after-swap', update)
  document.addEventListener('htmx-after-process', update)
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') update() })
  setInterval(update, HALF_A_MINUTE)
})()
