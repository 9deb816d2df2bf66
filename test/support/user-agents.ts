import type { Device, DeviceKind, HeaderRecord } from '../../plugin/client/device.js'

/** A user agent of 2024 to 2026 and the words for it, without and with the client hints that its browser sends once asked. */
export interface Sample {
  what: string
  userAgent: string
  device: Device
  hints?: HeaderRecord
  hinted?: Device
}

function device (browser: string | null, browserVersion: string | null, os: string | null, osVersion: string | null, kind: DeviceKind, model: string | null): Device {
  return { browser, browserVersion, os, osVersion, kind, model }
}

/** The headers of a Chromium that has been asked for all it tells. */
function hints (brands: string, platform: string, platformVersion = '', model = '', formFactor = ''): HeaderRecord {
  return {
    'sec-ch-ua': brands.replaceAll(/(\d)\.[\d.]+"/g, '$1"'),
    'sec-ch-ua-mobile': platform === 'Android' && formFactor !== 'Tablet' ? '?1' : '?0',
    'sec-ch-ua-platform': `"${platform}"`,
    'sec-ch-ua-full-version-list': brands,
    'sec-ch-ua-platform-version': `"${platformVersion}"`,
    'sec-ch-ua-model': `"${model}"`,
    ...(formFactor === '' ? {} : { 'sec-ch-ua-form-factors': `"${formFactor}"` })
  }
}

export const SAMPLES: readonly Sample[] = [
  // Desktops
  {
    what: 'Chrome on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Windows', null, 'desktop', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Windows', '19.0.0', '', 'Desktop'),
    hinted: device('Chrome', '149.0.7827.55', 'Windows', '11', 'desktop', null)
  },
  {
    what: 'Edge on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0',
    device: device('Edge', '149', 'Windows', null, 'desktop', null),
    hints: hints('"Microsoft Edge";v="149.0.4022.33", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Windows', '10.0.0'),
    hinted: device('Edge', '149.0.4022.33', 'Windows', '10', 'desktop', null)
  },
  {
    what: 'Opera on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 OPR/133.0.0.0',
    device: device('Opera', '133', 'Windows', null, 'desktop', null),
    hints: hints('"Not)A;Brand";v="24.0.0.0", "Opera";v="133.0.5932.21", "Chromium";v="149.0.7827.55"', 'Windows', '15.0.0'),
    hinted: device('Opera', '133.0.5932.21', 'Windows', '11', 'desktop', null)
  },
  {
    what: 'Opera GX on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 OPR/133.0.0.0 (Edition GX-CN)',
    device: device('Opera GX', '133', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Brave on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Windows', null, 'desktop', null),
    hints: hints('"Brave";v="149.0.0.0", "Chromium";v="149.0.0.0", "Not)A;Brand";v="24.0.0.0"', 'Windows', '13.0.0'),
    hinted: device('Brave', '149', 'Windows', '11', 'desktop', null)
  },
  {
    what: 'Vivaldi on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Vivaldi/7.7.3851.52',
    device: device('Vivaldi', '7', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Yandex on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 YaBrowser/25.12.0.0 Safari/537.36',
    device: device('Yandex', '25', 'Windows', null, 'desktop', null),
    hints: hints('"Chromium";v="142.0.7444.1070", "YaBrowser";v="25.12.1.1070", "Not_A Brand";v="99.0.0.0", "Yowser";v="2.5"', 'Windows', '19.0.0'),
    hinted: device('Yandex', '25.12.1.1070', 'Windows', '11', 'desktop', null)
  },
  {
    what: 'Avast Secure Browser on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Avast/140.0.0.0',
    device: device('Avast Secure Browser', '140', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Firefox on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
    device: device('Firefox', '145', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Chrome on Windows 7',
    userAgent: 'Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36',
    device: device('Chrome', '109', 'Windows', '7', 'desktop', null),
    hints: hints('"Not_A Brand";v="99.0.0.0", "Google Chrome";v="109.0.5414.120", "Chromium";v="109.0.5414.120"', 'Windows', '0.1.0'),
    hinted: device('Chrome', '109.0.5414.120', 'Windows', '7', 'desktop', null)
  },
  {
    what: 'Internet Explorer',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko',
    device: device('Internet Explorer', '11', 'Windows', null, 'desktop', null)
  },
  {
    what: 'DuckDuckGo on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36 Edg/133.0.0.0 Ddg/133.0.0.0',
    device: device('DuckDuckGo', '133', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Chrome on a Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'macOS', null, 'desktop', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'macOS', '15.5.0'),
    hinted: device('Chrome', '149.0.7827.55', 'macOS', '15.5', 'desktop', null)
  },
  {
    what: 'Arc on a Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    device: device('Chrome', '142', 'macOS', null, 'desktop', null),
    hints: hints('"Chromium";v="142.0.7444.176", "Google Chrome";v="142.0.7444.176", "Not_A Brand";v="99.0.0.0"', 'macOS', '26.1.0'),
    hinted: device('Chrome', '142.0.7444.176', 'macOS', '26.1', 'desktop', null)
  },
  {
    what: 'Edge on a Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0',
    device: device('Edge', '149', 'macOS', null, 'desktop', null)
  },
  {
    what: 'Safari on a Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
    device: device('Safari', '26.1', 'macOS', null, 'desktop', null)
  },
  {
    what: 'Safari on an old Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.2 Safari/605.1.15',
    device: device('Safari', '13.1', 'macOS', '10.13.6', 'desktop', null)
  },
  {
    what: 'Firefox on a Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0',
    device: device('Firefox', '145', 'macOS', null, 'desktop', null)
  },
  {
    what: 'DuckDuckGo on a Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15 Ddg/18.6',
    device: device('DuckDuckGo', '18', 'macOS', null, 'desktop', null)
  },
  {
    what: 'Chrome on Linux',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Linux', null, 'desktop', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Linux', '6.8.0'),
    hinted: device('Chrome', '149.0.7827.55', 'Linux', null, 'desktop', null)
  },
  {
    what: 'Chromium on Linux',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Linux', null, 'desktop', null),
    hints: hints('"Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Linux'),
    hinted: device('Chromium', '149.0.7827.55', 'Linux', null, 'desktop', null)
  },
  {
    what: 'a headless Chrome',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Linux', null, 'desktop', null),
    hints: hints('"HeadlessChrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Linux'),
    hinted: device('Chrome', '149.0.7827.55', 'Linux', null, 'desktop', null)
  },
  {
    what: 'Firefox on Linux',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    device: device('Firefox', '145', 'Linux', null, 'desktop', null)
  },
  {
    what: 'Firefox on Ubuntu',
    userAgent: 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    device: device('Firefox', '145', 'Ubuntu', null, 'desktop', null)
  },
  {
    what: 'Firefox on Fedora',
    userAgent: 'Mozilla/5.0 (X11; Fedora; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    device: device('Firefox', '144', 'Fedora', null, 'desktop', null)
  },
  {
    what: 'GNOME Web on Linux',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    device: device('WebKit', null, 'Linux', null, 'desktop', null)
  },
  {
    what: 'Konqueror on Linux',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) QtWebEngine/6.8.2 Chrome/122.0.6261.171 Safari/537.36 Konqueror/24.12.3',
    device: device('Konqueror', '24', 'Linux', null, 'desktop', null)
  },
  {
    what: 'Firefox on FreeBSD',
    userAgent: 'Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0',
    device: device('Firefox', '140', 'FreeBSD', null, 'desktop', null)
  },
  {
    what: 'Chrome on a Chromebook',
    userAgent: 'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'ChromeOS', null, 'desktop', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Chrome OS', '16503.60.0'),
    hinted: device('Chrome', '149.0.7827.55', 'ChromeOS', null, 'desktop', null)
  },

  // iPhone, iPad and Apple TV
  {
    what: 'Safari on iOS 18',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    device: device('Safari', '18.6', 'iOS', '18.6', 'phone', 'iPhone')
  },
  {
    what: 'Safari on iOS 18.6.2',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    device: device('Safari', '18.6', 'iOS', '18.6.2', 'phone', 'iPhone')
  },
  {
    what: 'Safari on iOS 26',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
    device: device('Safari', '26', 'iOS', '26', 'phone', 'iPhone')
  },
  {
    what: 'Safari on iOS 26.1',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
    device: device('Safari', '26.1', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'Safari on an iPad with iPadOS 17',
    userAgent: 'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    device: device('Safari', '17.5', 'iPadOS', '17.5', 'tablet', 'iPad')
  },
  {
    what: 'Safari on an iPad with iPadOS 26',
    userAgent: 'Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
    device: device('Safari', '26.1', 'iPadOS', '26.1', 'tablet', 'iPad')
  },
  {
    what: 'Chrome on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/149.0.7827.60 Mobile/15E148 Safari/604.1',
    device: device('Chrome', '149', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'Chrome on an iPhone whose iOS may be any',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/149.0.0.0 Mobile/15E148 Safari/604.1',
    device: device('Chrome', '149', 'iOS', null, 'phone', 'iPhone')
  },
  {
    what: 'Firefox on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/145.0 Mobile/15E148 Safari/605.1.15',
    device: device('Firefox', '145', 'iOS', null, 'phone', 'iPhone')
  },
  {
    what: 'Edge on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 EdgiOS/143.0.3650.80 Mobile/15E148 Safari/604.1',
    device: device('Edge', '143', 'iOS', '26', 'phone', 'iPhone')
  },
  {
    what: 'Edge on an iPad',
    userAgent: 'Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 EdgiOS/128.0.2739.60 Mobile/15E148 Safari/604.1',
    device: device('Edge', '128', 'iPadOS', '17.6', 'tablet', 'iPad')
  },
  {
    what: 'Opera on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1 OPT/6.5.0',
    device: device('Opera', '6', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'DuckDuckGo on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1 Ddg/26.1',
    device: device('DuckDuckGo', '26', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'the Google app on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/398.0.838218516 Mobile/15E148 Safari/604.1',
    device: device('Google app', '398', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'Yandex on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 YaBrowser/25.6.5.438.10 SA/3 Mobile/15E148 Safari/604.1',
    device: device('Yandex', '25', 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'an app on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    device: device('iOS WebView', null, 'iOS', null, 'phone', 'iPhone')
  },
  {
    what: 'Instagram on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 385.0.0.27.81 (iPhone16,2; iOS 18_5; en_GB; en-GB; scale=3.00; 1290x2796; 752404423)',
    device: device('Instagram', '385', 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'Instagram on iOS 26',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/23B85 Instagram 407.0.0.31.243 (iPhone17,1; iOS 26_1; de_DE; de; scale=3.00; 1206x2622; 828135478; IABMV/1)',
    device: device('Instagram', '407', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'Facebook on iOS 26',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/23B85 [FBAN/FBIOS;FBAV/538.0.0.37.104;FBBV/828450237;FBDV/iPhone15,3;FBMD/iPhone;FBSN/iOS;FBSV/26.1;FBSS/3;FBID/phone;FBLC/fr_FR;FBOP/5]',
    device: device('Facebook', '538', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'Messenger on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/MessengerForiOS;FBAV/512.0.0.28.104;FBBV/748322418;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBCR/;FBID/phone;FBLC/en_US;FBOP/5]',
    device: device('Messenger', '512', 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'LinkedIn on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.31.2440',
    device: device('LinkedIn', null, 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'WeChat on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.61(0x18003d2f) NetType/WIFI Language/zh_CN',
    device: device('WeChat', '8', 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'LINE on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/15.10.0',
    device: device('LINE', '15', 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'Snapchat on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Snapchat/13.66.0.38 (like Safari/8622.2.11.10.8, panda)',
    device: device('Snapchat', '13', 'iOS', '26.1', 'phone', 'iPhone')
  },
  {
    what: 'TikTok on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 musical_ly_40.6.0 BytedanceWebview/d8a21c6 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/US',
    device: device('TikTok', '40', 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'Pinterest on an iPhone',
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [Pinterest/iOS]',
    device: device('Pinterest', null, 'iOS', '18.5', 'phone', 'iPhone')
  },
  {
    what: 'an app\'s own requests on an Apple system',
    userAgent: 'Pocket/2304 CFNetwork/1568.300.101 Darwin/24.2.0',
    device: device('Pocket', '2304', null, null, 'program', null)
  },
  {
    what: 'Apple TV',
    userAgent: 'AppleCoreMedia/1.0.0.22K557 (Apple TV; U; CPU OS 18_2 like Mac OS X; en_us)',
    device: device('AppleCoreMedia', '1', 'tvOS', '18.2', 'tv', 'Apple TV')
  },

  // Android and its kin
  {
    what: 'Chrome on an Android phone',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36',
    device: device('Chrome', '149', 'Android', null, 'phone', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Android', '16.0.0', 'Pixel 9', 'Mobile'),
    hinted: device('Chrome', '149.0.7827.55', 'Android', '16', 'phone', 'Pixel 9')
  },
  {
    what: 'Chrome on an Android tablet',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Android', null, 'tablet', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Android', '15.0.0', 'SM-X710', 'Tablet'),
    hinted: device('Chrome', '149.0.7827.55', 'Android', '15', 'tablet', 'SM-X710')
  },
  {
    what: 'Chrome on an Android phone that asks for the desktop site',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Linux', null, 'desktop', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Android', '16.0.0', 'Pixel 9'),
    hinted: device('Chrome', '149.0.7827.55', 'Linux', null, 'desktop', null)
  },
  {
    what: 'Chrome on an old Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 9; moto g(7) power) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0.0.0 Mobile Safari/537.36',
    device: device('Chrome', '107', 'Android', '9', 'phone', 'moto g(7) power')
  },
  {
    what: 'Brave on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36',
    device: device('Chrome', '149', 'Android', null, 'phone', null),
    hints: hints('"Chromium";v="149.0.0.0", "Brave";v="149.0.0.0", "Not)A;Brand";v="24.0.0.0"', 'Android', '15.0.0'),
    hinted: device('Brave', '149', 'Android', '15', 'phone', null)
  },
  {
    what: 'Edge on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36 EdgA/149.0.0.0',
    device: device('Edge', '149', 'Android', null, 'phone', null),
    hints: hints('"Microsoft Edge";v="149.0.4022.31", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Android', '14.0.0', '2201116SG'),
    hinted: device('Edge', '149.0.4022.31', 'Android', '14', 'phone', '2201116SG')
  },
  {
    what: 'Opera on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 OPR/93.0.0.0',
    device: device('Opera', '93', 'Android', null, 'phone', null)
  },
  {
    what: 'Opera Mini on Android',
    userAgent: 'Opera/9.80 (Android; Opera Mini/87.0.2254/191.361; U; en) Presto/2.12.423 Version/12.16',
    device: device('Opera Mini', '87', 'Android', null, 'phone', null)
  },
  {
    what: 'Samsung Internet',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36',
    device: device('Samsung Internet', '29', 'Android', null, 'phone', null),
    hints: hints('"Chromium";v="136.0.7103.127", "Samsung Internet";v="29.0.4.55", "Not.A/Brand";v="99.0.0.0"', 'Android', '16.0.0', 'SM-S938B'),
    hinted: device('Samsung Internet', '29.0.4.55', 'Android', '16', 'phone', 'SM-S938B')
  },
  {
    what: 'an older Samsung Internet',
    userAgent: 'Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36',
    device: device('Samsung Internet', '23', 'Android', '14', 'phone', 'SM-S928B')
  },
  {
    what: 'Firefox on Android',
    userAgent: 'Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0',
    device: device('Firefox', '145', 'Android', '15', 'phone', null)
  },
  {
    what: 'Firefox on an Android tablet',
    userAgent: 'Mozilla/5.0 (Android 14; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0',
    device: device('Firefox', '145', 'Android', '14', 'tablet', null)
  },
  {
    what: 'Firefox Focus on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Focus/8.0.25 Chrome/120.0.6099.43 Mobile Safari/537.36',
    device: device('Firefox Focus', '8', 'Android', '14', 'phone', null)
  },
  {
    what: 'DuckDuckGo on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 Ddg/142.0',
    device: device('DuckDuckGo', '142', 'Android', null, 'phone', null),
    hints: hints('"Chromium";v="142.0.7444.171", "DuckDuckGo";v="142.0.7444.171", "Not_A Brand";v="99.0.0.0"', 'Android', '14.0.0', 'Pixel 7a'),
    hinted: device('DuckDuckGo', '142.0.7444.171', 'Android', '14', 'phone', 'Pixel 7a')
  },
  {
    what: 'Huawei Browser',
    userAgent: 'Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.15.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/16.0.5.302 Mobile Safari/537.36',
    device: device('Huawei Browser', '16', 'HarmonyOS', null, 'phone', 'NOH-AN00')
  },
  {
    what: 'the browser of HarmonyOS NEXT',
    userAgent: 'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 ArkWeb/5.0.1.110 Mobile HuaweiBrowser/5.1.5.301',
    device: device('Huawei Browser', '5', 'HarmonyOS', '5', 'phone', null)
  },
  {
    what: 'UC Browser',
    userAgent: 'Mozilla/5.0 (Linux; U; Android 13; en-US; 22101316G Build/TP1A.220624.014) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.8.2.1324 Mobile Safari/537.36',
    device: device('UC Browser', '13', 'Android', '13', 'phone', '22101316G')
  },
  {
    what: 'Mi Browser',
    userAgent: 'Mozilla/5.0 (Linux; U; Android 14; en-gb; 2311DRK48G Build/UP1A.230905.011) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.22.0-gn',
    device: device('Mi Browser', '14', 'Android', '14', 'phone', '2311DRK48G')
  },
  {
    what: 'Vivo Browser',
    userAgent: 'Mozilla/5.0 (Linux; Android 14; V2302A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/123.0.6312.118 Mobile Safari/537.36 VivoBrowser/24.5.20.0',
    device: device('Vivo Browser', '24', 'Android', '14', 'phone', 'V2302A')
  },
  {
    what: 'Silk on a Fire tablet',
    userAgent: 'Mozilla/5.0 (Linux; Android 11; KFTUWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/138.4.7 like Chrome/138.0.7204.179 Safari/537.36',
    device: device('Silk', '138', 'Android', '11', 'tablet', 'KFTUWI')
  },
  {
    what: 'a page in an Android app',
    userAgent: 'Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A.250105.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.6778.260 Mobile Safari/537.36',
    device: device('Android WebView', '131', 'Android', '15', 'phone', 'Pixel 8'),
    hints: hints('"Android WebView";v="131.0.6778.260", "Chromium";v="131.0.6778.260", "Not_A Brand";v="24.0.0.0"', 'Android', '15.0.0', 'Pixel 8'),
    hinted: device('Android WebView', '131.0.6778.260', 'Android', '15', 'phone', 'Pixel 8')
  },
  {
    what: 'Instagram on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0.7204.179 Mobile Safari/537.36 Instagram 390.0.0.43.81 Android (34/14; 450dpi; 1080x2116; samsung; SM-A546B; a54x; s5e8835; de_DE; 772283920)',
    device: device('Instagram', '390', 'Android', '14', 'phone', 'SM-A546B')
  },
  {
    what: 'Facebook on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0.7204.179 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/523.0.0.41.92;]',
    device: device('Facebook', '523', 'Android', '14', 'phone', 'SM-S918B')
  },
  {
    what: 'Messenger on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 13; CPH2333 Build/TP1A.220905.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.7151.115 Mobile Safari/537.36 [FB_IAB/Orca-Android;FBAV/511.0.0.40.109;]',
    device: device('Messenger', '511', 'Android', '13', 'phone', 'CPH2333')
  },
  {
    what: 'TikTok on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 13; 21121210G Build/TKQ1.220807.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0.6422.165 Mobile Safari/537.36 trill_350103 JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/35.1.3 ByteLocale/en ByteFullLocale/en Region/GB BytedanceWebview/d8a21c6',
    device: device('TikTok', '35', 'Android', '13', 'phone', '21121210G')
  },
  {
    what: 'LINE on Android',
    userAgent: 'Mozilla/5.0 (Linux; Android 14; SO-52C Build/65.2.C.2.240; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0.7204.63 Mobile Safari/537.36 Line/15.9.1/IAB',
    device: device('LINE', '15', 'Android', '14', 'phone', 'SO-52C')
  },
  {
    what: 'an Android app\'s own requests',
    userAgent: 'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Pro Build/AP2A.240805.005)',
    device: device('Dalvik', '2.1', 'Android', '14', 'phone', 'Pixel 8 Pro')
  },

  // Apps on desktops
  {
    what: 'Slack on a Mac',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.7444.59 Electron/39.1.0 Safari/537.36 Slack_SSB/4.47.65',
    device: device('Slack', '4', 'macOS', null, 'desktop', null)
  },
  {
    what: 'Microsoft Teams on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0 Teams/25306.804.4102.7193/49',
    device: device('Microsoft Teams', '25306', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Discord on Windows',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) discord/1.0.9215 Chrome/138.0.7204.251 Electron/37.6.0 Safari/537.36',
    device: device('Discord', '1', 'Windows', null, 'desktop', null)
  },
  {
    what: 'an Electron app on Linux',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Obsidian/1.9.14 Chrome/138.0.7204.235 Electron/37.5.1 Safari/537.36',
    device: device('Obsidian', '1', 'Linux', null, 'desktop', null)
  },

  // TVs, consoles, cars, watches, headsets
  {
    what: 'a Samsung TV',
    userAgent: 'Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/6.0 Chrome/108.0.5359.1 TV Safari/537.36',
    device: device('Samsung Internet', '6', 'Tizen', '8', 'tv', null)
  },
  {
    what: 'an LG TV',
    userAgent: 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.5 Safari/537.36 WebAppManager',
    device: device('Chrome', '120', 'webOS', null, 'tv', null)
  },
  {
    what: 'a Fire TV',
    userAgent: 'Mozilla/5.0 (Linux; Android 9; AFTKA Build/PS7681.3822N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/112.0.5615.213 Mobile Safari/537.36',
    device: device('Android WebView', '112', 'Android', '9', 'tv', 'Fire TV')
  },
  {
    what: 'Silk on a Fire TV',
    userAgent: 'Mozilla/5.0 (Linux; Android 9; AFTKM) AppleWebKit/537.36 (KHTML, like Gecko) Silk/136.2.1 like Chrome/136.0.7103.125 Safari/537.36',
    device: device('Silk', '136', 'Android', '9', 'tv', 'Fire TV')
  },
  {
    what: 'a Sony TV',
    userAgent: 'Mozilla/5.0 (Linux; Android 12; BRAVIA VH21 Build/STT2.230203.001) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.230 Safari/537.36',
    device: device('Chrome', '120', 'Android', '12', 'tv', 'BRAVIA VH21')
  },
  {
    what: 'a Chromecast',
    userAgent: 'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.243 Safari/537.36 CrKey/1.56.500000 DeviceType/Chromecast',
    device: device('Chrome', '124', 'Chromecast', null, 'tv', 'Chromecast')
  },
  {
    what: 'a Chromecast with Google TV',
    userAgent: 'Mozilla/5.0 (Linux; Android 14; Chromecast Build/UTTC.250917.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.7339.155 Mobile Safari/537.36',
    device: device('Android WebView', '140', 'Android', '14', 'tv', 'Chromecast')
  },
  {
    what: 'a PlayStation 5',
    userAgent: 'Mozilla/5.0 (PlayStation; PlayStation 5/10.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15',
    device: device('WebKit', null, 'PlayStation', null, 'other', 'PlayStation 5')
  },
  {
    what: 'a PlayStation 4',
    userAgent: 'Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    device: device('WebKit', null, 'PlayStation', null, 'other', 'PlayStation 4')
  },
  {
    what: 'Edge on an Xbox',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    device: device('Edge', '142', 'Xbox', null, 'other', 'Xbox Series X')
  },
  {
    what: 'a Nintendo Switch',
    userAgent: 'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/613.0 (KHTML, like Gecko) NF/6.0.3.27.1 NintendoBrowser/5.1.0.32061',
    device: device('Nintendo Browser', '5', 'Nintendo', null, 'other', 'Nintendo Switch')
  },
  {
    what: 'a Quest 3',
    userAgent: 'Mozilla/5.0 (Linux; Android 12; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/40.2.0.8.59 Chrome/136.0.7103.177 VR Safari/537.36',
    device: device('Meta Quest Browser', '40', 'Android', '12', 'other', 'Quest 3')
  },
  {
    what: 'Chrome on an Android headset',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Android', null, 'tablet', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Android', '14.0.0', 'SM-I610', 'XR'),
    hinted: device('Chrome', '149.0.7827.55', 'Android', '14', 'other', 'SM-I610')
  },
  {
    what: 'Vivaldi in a car',
    userAgent: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    device: device('Chrome', '142', 'Android', null, 'tablet', null),
    hints: hints('"Chromium";v="142.0.7444.171", "Vivaldi";v="7.7.3851.52", "Not_A Brand";v="99.0.0.0"', 'Android', '12.0.0', 'Polestar 2', 'Automotive'),
    hinted: device('Vivaldi', '7.7.3851.52', 'Android', '12', 'other', 'Polestar 2')
  },
  {
    what: 'a Tesla',
    userAgent: 'Mozilla/5.0 (X11; GNU/Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chromium/109.0.5414.119 Chrome/109.0.5414.119 Safari/537.36 Tesla/2024.44.25.1-9b2cf1d27ac6',
    device: device('Tesla', '2024', 'Linux', null, 'other', null)
  },
  {
    what: 'a Galaxy Watch',
    userAgent: 'Mozilla/5.0 (Linux; Android 13; SM-R960) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/22.0 Chrome/111.0.5563.116 Mobile Safari/537.36',
    device: device('Samsung Internet', '22', 'Android', '13', 'other', 'SM-R960')
  },
  {
    what: 'a KaiOS phone',
    userAgent: 'Mozilla/5.0 (Mobile; Nokia 2780 Flip; rv:84.0) Gecko/84.0 Firefox/84.0 KAIOS/3.1',
    device: device('Firefox', '84', 'KaiOS', '3.1', 'phone', 'Nokia 2780 Flip')
  },
  {
    what: 'a Kindle',
    userAgent: 'Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+',
    device: device('Kindle', '3', 'Linux', null, 'tablet', null)
  },

  // Robots and scripts
  {
    what: 'Googlebot',
    userAgent: 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/141.0.7390.122 Safari/537.36',
    device: device('Googlebot', '2.1', null, null, 'program', null)
  },
  {
    what: 'Googlebot for phones',
    userAgent: 'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.7390.122 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    device: device('Googlebot', '2.1', null, null, 'program', null)
  },
  {
    what: 'bingbot',
    userAgent: 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/136.0.0.0 Safari/537.36',
    device: device('bingbot', '2', null, null, 'program', null)
  },
  {
    what: 'GPTBot',
    userAgent: 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)',
    device: device('GPTBot', '1.3', null, null, 'program', null)
  },
  {
    what: 'ChatGPT for its user',
    userAgent: 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot',
    device: device('ChatGPT-User', '1', null, null, 'program', null)
  },
  {
    what: 'ClaudeBot',
    userAgent: 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
    device: device('ClaudeBot', '1', null, null, 'program', null)
  },
  {
    what: 'Applebot',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
    device: device('Applebot', '0.1', null, null, 'program', null)
  },
  {
    what: 'Bytespider',
    userAgent: 'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) (compatible; Bytespider; spider-feedback@bytedance.com)',
    device: device('Bytespider', null, null, null, 'program', null)
  },
  {
    what: 'Facebook\'s link preview',
    userAgent: 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    device: device('facebookexternalhit', '1.1', null, null, 'program', null)
  },
  {
    what: 'Slack\'s link preview',
    userAgent: 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    device: device('Slackbot-LinkExpanding', '1', null, null, 'program', null)
  },
  {
    what: 'WhatsApp\'s link preview',
    userAgent: 'WhatsApp/2.23.20.0',
    device: device('WhatsApp', '2.23', null, null, 'program', null)
  },
  {
    what: 'curl',
    userAgent: 'curl/8.5.0',
    device: device('curl', '8.5', null, null, 'program', null)
  },
  {
    what: 'Wget',
    userAgent: 'Wget/1.21.4',
    device: device('Wget', '1.21', null, null, 'program', null)
  },
  {
    what: 'Node.js',
    userAgent: 'node',
    device: device('node', null, null, null, 'program', null)
  },
  {
    what: 'undici',
    userAgent: 'undici',
    device: device('undici', null, null, null, 'program', null)
  },
  {
    what: 'axios',
    userAgent: 'axios/1.13.2',
    device: device('axios', '1.13', null, null, 'program', null)
  },
  {
    what: 'python-requests',
    userAgent: 'python-requests/2.32.3',
    device: device('python-requests', '2.32', null, null, 'program', null)
  },
  {
    what: 'aiohttp',
    userAgent: 'Python/3.12 aiohttp/3.11.11',
    device: device('Python', '3.12', null, null, 'program', null)
  },
  {
    what: 'okhttp',
    userAgent: 'okhttp/4.12.0',
    device: device('okhttp', '4.12', null, null, 'program', null)
  },
  {
    what: 'Go',
    userAgent: 'Go-http-client/2.0',
    device: device('Go-http-client', '2', null, null, 'program', null)
  },
  {
    what: 'Java',
    userAgent: 'Java/21.0.5',
    device: device('Java', '21', null, null, 'program', null)
  },
  {
    what: 'Postman',
    userAgent: 'PostmanRuntime/7.43.0',
    device: device('PostmanRuntime', '7.43', null, null, 'program', null)
  },
  {
    what: 'PowerShell',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.6',
    device: device('PowerShell', '7.4', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Fastify\'s inject',
    userAgent: 'lightMyRequest',
    device: device('lightMyRequest', null, null, null, 'program', null)
  },

  // Nothing to tell, and hints that do not fit
  {
    what: 'no user agent',
    userAgent: '',
    device: device(null, null, null, null, 'unknown', null)
  },
  {
    what: 'a browser that says no more than that it is one',
    userAgent: 'Mozilla/5.0',
    device: device(null, null, null, null, 'unknown', null)
  },
  {
    what: 'a dash',
    userAgent: '-',
    device: device(null, null, null, null, 'unknown', null)
  },
  {
    what: 'a Windows browser with the hints of a phone',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Windows', null, 'desktop', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Android', '16.0.0', 'Pixel 9', 'Mobile'),
    hinted: device('Chrome', '149.0.7827.55', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Firefox with the hints of Chrome',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
    device: device('Firefox', '145', 'Windows', null, 'desktop', null),
    hints: hints('"Google Chrome";v="149.0.7827.55", "Chromium";v="149.0.7827.55", "Not)A;Brand";v="24.0.0.0"', 'Windows', '15.0.0'),
    hinted: device('Firefox', '145', 'Windows', null, 'desktop', null)
  },
  {
    what: 'Chrome with the hints of an older one',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
    device: device('Chrome', '149', 'Windows', null, 'desktop', null),
    hints: hints('"Google Chrome";v="120.0.6099.109", "Chromium";v="120.0.6099.109", "Not_A Brand";v="8.0.0.0"', 'Windows', '15.0.0'),
    hinted: device('Chrome', '149', 'Windows', null, 'desktop', null)
  }
]
