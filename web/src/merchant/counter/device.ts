/** Which registered device this browser is, per store. Only a registered one may accept without a network. */
import { ref } from 'vue'

export interface KnownDevice {
  id: string
  name: string
}

const slot = (store: string) => `qiao.device.${store}`

export function knownDevice(store: string): KnownDevice | undefined {
  try {
    return JSON.parse(localStorage.getItem(slot(store)) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** The device as a page shows it. */
export function useDevice(store: string) {
  const device = ref(knownDevice(store))
  function choose(chosen: KnownDevice | undefined) {
    device.value = chosen
    if (chosen) localStorage.setItem(slot(store), JSON.stringify(chosen))
    else localStorage.removeItem(slot(store))
  }
  return { device, choose }
}
