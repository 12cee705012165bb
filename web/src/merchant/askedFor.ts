/** Whom and where a guest asked for, so that the store knows who may be moved to somebody or somewhere else. */
import { servingsOf, type Booking } from '@/shared/booking'

type Translate = (key: string, values?: Record<string, unknown>) => string

/** What a booking has, service by service, with the words for what its guest asked for; none where nobody serves. */
export function servingsAsked(t: Translate, booking: Pick<Booking, 'resources' | 'guest'>) {
  return servingsOf(booking).map((serving, service) => {
    const { asked_for, area } = booking.guest ?? {}
    const who = [asked_for?.[service]?.name, area].filter(Boolean).join(' · ')
    const any = booking.guest && serving.hasPerson ? t('bookings.anyone') : ''
    return { ...serving, asked: who ? t('bookings.askedFor', { who }) : any }
  })
}
