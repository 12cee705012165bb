/**
 * The platform's time, counted on from the last answer of the server with a clock that nobody can set. After
 * the page was opened anew only the device's own clock is left; of the two the later one counts, so that
 * setting the device's clock back makes no old QR fresh, and a sleep of the device is not lost.
 */

/** The moment of a sync, as it is kept over a reload. */
export interface ClockSync {
  /** The platform's time, milliseconds since 1970. */
  platform: number
  /** What the device's own clock showed. */
  wall: number
}

export class PlatformClock {
  /** What `performance.now()` was at the sync; unknown after a reload. */
  private steady: number | undefined

  constructor(
    readonly sync: ClockSync,
    isNew: boolean,
  ) {
    if (isNew) this.steady = performance.now()
  }

  now(): number {
    const byWall = this.sync.platform + (Date.now() - this.sync.wall)
    if (this.steady === undefined) return byWall
    return Math.max(byWall, this.sync.platform + (performance.now() - this.steady))
  }
}
