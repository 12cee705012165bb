/** How an offer is booked, as its form holds it, and back; and what is usual in a trade. */
import type { Schemas } from '@/shared/api'
import { amountText, parsePercent, parseSpan, percentText } from '@/shared/console/fields'
import { parseMoney } from '@/shared/i18n/format'
import { formTexts, mergedTexts, type FormTexts } from '@/shared/console/texts'
import { clock } from '@/shared/i18n/hours'
import { wholeNumber } from './format'
import { hoursRows, minuteOf, spansOf, type HoursRow } from '@/shared/console/weekHours'

type Terms = Schemas['BookingTerms']
type Said = Schemas['BookingTermsSaid']

/** What some nights cost more. */
export interface RateRow {
  surcharge: string
  weekdays: number[]
  fromDay: string
  untilDay: string
}

export const newRate = (): RateRow => ({ surcharge: '', weekdays: [], fromDay: '', untilDay: '' })

/** A part of a visit; nights and showings are one too, of which only the resources are said. */
export interface ServiceRow {
  name: FormTexts
  /** The name as it was set, in languages that the form does not show too. */
  named: Record<string, string>
  turns: { partyUpTo: string; minutes: string }[]
  beforeMinutes: string
  afterMinutes: string
  resources: string[]
}

export const newService = (turns: ServiceRow['turns'] = [], afterMinutes = '0'): ServiceRow => ({
  name: formTexts(undefined),
  named: {},
  turns,
  beforeMinutes: '0',
  afterMinutes,
  resources: [],
})

export interface TermsForm {
  stay: 'visit' | 'nights' | 'showings'
  pricePer: Terms['price_per']
  partyMax: string
  noticeMinutes: string
  aheadDays: string
  freeHours: string
  lateShare: string
  noShowShare: string
  graceMinutes: string
  /** Not of showings, and not where cards pay; empty: none. */
  securityDeposit: string
  /** Of a visit. */
  hours: HoursRow[]
  everyMinutes: string
  services: ServiceRow[]
  /** Of what is priced by the hour: for how many hours guests book. */
  hoursMin: string
  hoursMax: string
  /** The merchant's cards whose uses pay for it. */
  cards: string[]
  /** Of nights. */
  checkIn: string
  checkOut: string
  nightsMin: string
  nightsMax: string
  rates: RateRow[]
  /** Of showings. */
  openTickets: boolean
}

const USUAL: TermsForm = {
  stay: 'visit',
  pricePer: 'booking',
  partyMax: '8',
  noticeMinutes: '60',
  aheadDays: '30',
  freeHours: '24',
  lateShare: '50',
  noShowShare: '100',
  graceMinutes: '15',
  securityDeposit: '',
  hours: [],
  everyMinutes: '30',
  services: [newService()],
  hoursMin: '1',
  hoursMax: '6',
  cards: [],
  checkIn: '15:00',
  checkOut: '12:00',
  nightsMin: '1',
  nightsMax: '14',
  rates: [],
  openTickets: false,
}

/** `party` up to which a visit takes `minutes`. */
export const turn = (party: number | string, minutes: number | string) => ({
  partyUpTo: String(party),
  minutes: String(minutes),
})
const daily = (from: string, until: string): HoursRow => ({ weekdays: [], from, until })

export const PRESETS = {
  restaurant: {
    hours: [daily('11:00', '14:30'), daily('17:00', '22:00')],
    services: [newService([turn(2, 90), turn(4, 120), turn(8, 150)])],
  },
  salon: { partyMax: '1', hours: [daily('10:00', '20:00')], services: [newService([turn(1, 60)], '15')] },
  karaoke: {
    pricePer: 'hour',
    hours: [daily('12:00', '00:00')],
    services: [newService([turn(8, 60)], '15')],
    freeHours: '2',
    hoursMax: '8',
  },
  hotel: {
    stay: 'nights',
    pricePer: 'night',
    partyMax: '4',
    noticeMinutes: '0',
    aheadDays: '180',
    graceMinutes: '480',
  },
  class: {
    pricePer: 'person',
    partyMax: '4',
    hours: [daily('10:00', '12:00'), daily('18:00', '21:00')],
    everyMinutes: '60',
    services: [newService([turn(4, 60)])],
    graceMinutes: '10',
  },
  cinema: {
    stay: 'showings',
    pricePer: 'person',
    partyMax: '6',
    noticeMinutes: '0',
    freeHours: '2',
  },
} satisfies Record<string, Partial<TermsForm>>
export type Preset = keyof typeof PRESETS

export function formOfPreset(preset: Preset): TermsForm {
  return structuredClone({ ...USUAL, ...PRESETS[preset] })
}

export function formOfTerms({ terms: said, resources }: Said, currency: string): TermsForm {
  const { visit, nights, showings, policy, ...terms } = said
  const services = visit?.services.map((service) => ({
    name: formTexts(service.name),
    named: service.name ?? {},
    turns: service.turns.map(({ party_up_to, minutes }) => turn(party_up_to, minutes)),
    beforeMinutes: String(service.before_minutes),
    afterMinutes: String(service.after_minutes),
  }))
  return {
    ...structuredClone(USUAL),
    stay: showings ? 'showings' : nights ? 'nights' : 'visit',
    pricePer: terms.price_per,
    partyMax: String(terms.party_max),
    openTickets: terms.open_tickets ?? false,
    cards: terms.cards ?? [],
    noticeMinutes: String(terms.notice_minutes),
    aheadDays: String(terms.ahead_days),
    freeHours: String(policy.free_until_minutes / 60),
    lateShare: percentText(policy.late_fee_bp),
    noShowShare: percentText(policy.no_show_fee_bp),
    graceMinutes: String(policy.grace_minutes),
    securityDeposit: terms.security_deposit ? amountText(terms.security_deposit, currency) : '',
    services: resources.map((ids, n) => ({ ...newService(), ...services?.[n], resources: ids })),
    ...(visit && {
      hours: hoursRows(visit.hours),
      everyMinutes: String(visit.every_minutes),
      ...(visit.by_hour && {
        hoursMin: String(visit.by_hour.hours_min),
        hoursMax: String(visit.by_hour.hours_max),
      }),
    }),
    ...(nights && {
      checkIn: clock(nights.check_in_minute),
      checkOut: clock(nights.check_out_minute),
      nightsMin: String(nights.nights_min),
      nightsMax: String(nights.nights_max),
      rates: (nights.rates ?? []).map((rate) => ({
        surcharge: amountText(rate.surcharge, currency),
        weekdays: rate.weekdays ?? [],
        fromDay: rate.from_day ?? '',
        untilDay: rate.until_day ?? '',
      })),
    }),
  }
}

/** What is sent. An amount that cannot be read is none, so that the server names the field. */
export function saidOf(form: TermsForm, currency: string): Said {
  return { terms: termsOf(form, currency), resources: servicesOf(form).map(({ resources }) => resources) }
}

export const isByHour = ({ stay, pricePer }: Pick<TermsForm, 'stay' | 'pricePer'>) =>
  stay === 'visit' && pricePer === 'hour'

/** The services that are meant: only a visit of a set length has several. */
const servicesOf = (form: TermsForm) =>
  form.stay === 'visit' && !isByHour(form) ? form.services : form.services.slice(0, 1)

export function termsOf(form: TermsForm, currency: string): Terms {
  const services = servicesOf(form)
  const visit = {
    hours: form.hours.flatMap(spansOf),
    every_minutes: wholeNumber(form.everyMinutes),
    services: services.map((service) => ({
      // An only one is called as the offer is.
      ...(services.length > 1 && { name: mergedTexts(service.named, service.name) }),
      // By the hour guests say how long it takes, whatever their number.
      turns: (isByHour(form) ? [turn(form.partyMax, 60)] : service.turns).map(({ partyUpTo, minutes }) => ({
        party_up_to: wholeNumber(partyUpTo),
        minutes: wholeNumber(minutes),
      })),
      before_minutes: wholeNumber(service.beforeMinutes),
      after_minutes: wholeNumber(service.afterMinutes),
    })),
    ...(isByHour(form) && {
      by_hour: { hours_min: wholeNumber(form.hoursMin), hours_max: wholeNumber(form.hoursMax) },
    }),
  }
  const nights = {
    check_in_minute: minuteOf(form.checkIn),
    check_out_minute: minuteOf(form.checkOut),
    nights_min: wholeNumber(form.nightsMin),
    nights_max: wholeNumber(form.nightsMax),
    rates: form.rates.map((row) => ({
      surcharge: parseMoney(row.surcharge, currency) ?? 0,
      weekdays: row.weekdays,
      from_day: row.fromDay || undefined,
      until_day: row.untilDay || undefined,
    })),
  }
  return {
    ...{
      visit: { visit, cards: form.cards },
      nights: { nights },
      showings: { showings: true, open_tickets: form.openTickets },
    }[form.stay],
    ...(form.stay !== 'showings' &&
      form.securityDeposit && { security_deposit: parseMoney(form.securityDeposit, currency) ?? -1 }),
    price_per: form.pricePer,
    party_max: wholeNumber(form.partyMax),
    notice_minutes: wholeNumber(form.noticeMinutes),
    ahead_days: wholeNumber(form.aheadDays),
    policy: {
      free_until_minutes: parseSpan(form.freeHours, 60) ?? NaN,
      late_fee_bp: parsePercent(form.lateShare) ?? NaN,
      no_show_fee_bp: parsePercent(form.noShowShare) ?? NaN,
      grace_minutes: wholeNumber(form.graceMinutes),
    },
  }
}
