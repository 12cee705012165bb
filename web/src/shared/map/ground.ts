/** What a map is drawn on: the operator's style where one is configured and answers, else a plain ground. */
import type { StyleSpecification } from 'maplibre-gl'
import { tokenColor } from '@/shared/design/color'
import { rings } from './rings'

export const NOTHING = rings({ lat: 0, lon: 0 }, [])

const ringsLayer = (): StyleSpecification['layers'][number] => ({
  id: 'rings',
  type: 'line',
  source: 'rings',
  paint: { 'line-color': tokenColor('line-strong'), 'line-dasharray': [2, 3], 'line-opacity': 0.6 },
})

export function plainGround(): StyleSpecification {
  return {
    version: 8,
    sources: { grid: { type: 'geojson', data: NOTHING }, rings: { type: 'geojson', data: NOTHING } },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': tokenColor('sunken') } },
      { id: 'grid', type: 'line', source: 'grid', paint: { 'line-color': tokenColor('line') } },
      ringsLayer(),
    ],
  }
}

/** The style at this address with the circles of distance over it; `undefined` if there is none to be had. */
export async function configuredGround(url: string): Promise<StyleSpecification | undefined> {
  try {
    const answer = await fetch(url)
    if (!answer.ok) return undefined
    const style = (await answer.json()) as StyleSpecification
    return {
      ...style,
      sources: { ...style.sources, rings: { type: 'geojson', data: NOTHING } },
      layers: [...style.layers, ringsLayer()],
    }
  } catch {
    return undefined
  }
}
