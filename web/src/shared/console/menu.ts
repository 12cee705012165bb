/** The menu of a console: groups and parts by their keys under `nav` in the catalogue; a part is a route's name too. */
import type { IconName } from '@/shared/components/BaseIcon.vue'

export interface Part {
  name: string
  icon: IconName
  /** How much waits there. */
  waiting?: number
}

export interface Group<P extends Part = Part> {
  group: string
  parts: readonly P[]
}

/** What somebody may open of a menu. */
export function openParts<P extends Part>(
  menu: readonly Group<P>[],
  isOpen: (part: P) => boolean,
): Group<P>[] {
  return menu
    .map(({ group, parts }) => ({ group, parts: parts.filter(isOpen) }))
    .filter(({ parts }) => parts.length > 0)
}
