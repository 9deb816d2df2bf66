/**
 * English. The other languages have the same keys and placeholders. Values are escaped like everything else.
 * @module
 */
const en = {
  title: 'Where you are signed in',
  intro: 'These are the browsers and devices that are signed in to your account.',
  advice: 'Sign out any that you do not recognise, then change your password.',
  changePassword: 'Change your password',
  setPassword: 'Set a password',
  activityNote: 'Requests that a page makes by itself also count as activity.',
  count: '{count, plural, one {# session} other {# sessions}}',
  countShown: '{shown} of {count} sessions, this device and the last active',
  showAll: 'Show all {count}',
  device: 'Device',
  lastActive: 'Last active',
  signedIn: 'Signed in',
  expires: 'Expires',
  actions: 'Actions',
  thisDevice: 'This device',
  activeNow: 'Active now',
  justNow: 'Just now',
  soon: 'In less than a minute',
  browserOnSystem: '{browser} on {system}',
  unknownBrowser: 'Unknown browser',
  unknownDevice: 'Unknown device',
  version: 'Version {version}',
  place: '{place} (approximate)',
  localNetwork: 'Local network',
  sameComputer: 'Same computer as the server',
  providerNetwork: 'Network of a mobile or internet provider',
  kindDesktop: 'Computer',
  kindPhone: 'Phone',
  kindTablet: 'Tablet',
  kindTv: 'TV',
  kindOther: 'Device',
  kindProgram: 'Program',
  kindUnknown: 'Unknown device',
  signOut: 'Sign out',
  signOutNamed: 'Sign out {name}, last active {when}',
  signOutOthers: 'Sign out of all other sessions ({count})',
  noOthers: 'You are not signed in anywhere else.',
  noPassword: 'Sessions can only be ended with your password, and your account has none. Set a password first.',
  askOne: 'Sign out {name}?',
  askOneDetail: 'Signed in {signedIn}, last active {lastActive}. That browser will have to sign in again.',
  askThis: 'Sign out this device?',
  askThisDetail: 'You will have to sign in again.',
  askOthers: 'Sign out of all other sessions?',
  askOthersDetail: '{count, plural, one {One other session ends.} other {# other sessions end.}} This device stays signed in.',
  password: 'Your password',
  cancel: 'Cancel',
  back: 'Back to your sessions',
  working: 'Signing out…',
  signedOutOne: 'Signed out {name}.',
  signedOutOthers: '{count, plural, =0 {There was no other session.} one {Signed out one other session.} other {Signed out # other sessions.}}',
  gone: 'That session has ended already.',
  ended: 'You are no longer signed in here.',
  signInAgain: 'Sign in again',
  errorTitle: 'That did not work',
  passwordRequired: 'Enter your password.',
  passwordWrong: 'This password is not right. Nothing has been signed out.',
  locked: '{count, plural, one {Too many wrong passwords. Try again in one minute.} other {Too many wrong passwords. Try again in # minutes.}}',
  crossOrigin: 'This request came from another site and was refused.',
  formExpired: 'This form has expired. Load the page again and repeat.',
  unavailable: 'Sessions cannot be reached right now. Try again in a moment; the list then shows what has been signed out.',
  unreachable: 'The server cannot be reached. Try again; the list then shows what has been signed out.',
  tooManyRequests: 'Too many requests. Nothing has been signed out. Wait a moment, then try again.',
  unexpected: 'Something went wrong. Load the page again to see what has been signed out.'
}

/** A key of {@link Messages}. */
export type MessageKey = keyof typeof en

/** Every text of the page in one language, by key. */
export type Messages = Record<MessageKey, string>

export default en
