/** Circles around a place and a grid of kilometres, so that a map without pictures still tells how far things are. */
import type { FeatureCollection } from 'geojson'

export interface Spot {
  lat: number
  lon: number
}

const METRES_PER_DEGREE = 111_320
const CORNERS = 72

export function rings(centre: Spot, radiiM: readonly number[]): FeatureCollection {
  const lonScale = METRES_PER_DEGREE * Math.cos((centre.lat * Math.PI) / 180)
  const ring = (radiusM: number) =>
    Array.from({ length: CORNERS + 1 }, (_, corner) => {
      const angle = (corner / CORNERS) * 2 * Math.PI
      return [
        centre.lon + (radiusM * Math.cos(angle)) / lonScale,
        centre.lat + (radiusM * Math.sin(angle)) / METRES_PER_DEGREE,
      ]
    })
  return {
    type: 'FeatureCollection',
    features: radiiM.map((radiusM) => ({
      type: 'Feature',
      properties: {},
      geometry: { type: 'LineString', coordinates: ring(radiusM) },
    })),
  }
}

/** Lines a kilometre apart, as far as `reachKm` from the centre. */
export function grid(centre: Spot, reachKm: number): FeatureCollection {
  const lat = 1000 / METRES_PER_DEGREE
  const lon = lat / Math.cos((centre.lat * Math.PI) / 180)
  const [south, north] = [centre.lat - reachKm * lat, centre.lat + reachKm * lat]
  const [west, east] = [centre.lon - reachKm * lon, centre.lon + reachKm * lon]
  const steps = Array.from({ length: 2 * reachKm + 1 }, (_, step) => step)
  const lines = steps.flatMap((step) => [
    [
      [west + step * lon, south],
      [west + step * lon, north],
    ],
    [
      [west, south + step * lat],
      [east, south + step * lat],
    ],
  ])
  return {
    type: 'FeatureCollection',
    features: lines.map((coordinates) => ({
      type: 'Feature',
      properties: {},
      geometry: { type: 'LineString', coordinates },
    })),
  }
}

/** The box around all spots: west, south, east, north. */
export function boundsOf(spots: Spot[]): [number, number, number, number] {
  const lons = spots.map((spot) => spot.lon)
  const lats = spots.map((spot) => spot.lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

/** How far it is between two places of one city, as the crow flies. */
export function metresBetween(a: Spot, b: Spot): number {
  const lonScale = Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180)
  return METRES_PER_DEGREE * Math.hypot(a.lat - b.lat, (a.lon - b.lon) * lonScale)
}
