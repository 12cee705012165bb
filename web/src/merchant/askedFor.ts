/** Whom a guest asked for, so that the store knows who may be moved to somebody else. */
import { servingsOf, type Booking } from '@/shared/booking'

type Translate = (key: string, values?: Record<string, unknown>) => string

/** What a booking has, service by service, with the words for whom its guest asked for; none where nobody serves. */
export function servingsAsked(t: Translate, booking: Pick<Booking, 'resources' | 'guest'>) {
  return servingsOf(booking).map((serving, service) => {
    const asked = booking.guest?.asked_for[service]
    const any = booking.guest && serving.hasPerson ? t('bookings.anyone') : ''
    return { ...serving, asked: asked ? t('bookings.askedFor', { who: asked.name }) : any }
  })
}
