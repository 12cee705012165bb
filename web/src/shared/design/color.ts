/** The colour that a token stands for in the present theme, as `rgb(…)`, for what cannot read CSS variables. */
export function tokenColor(token: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--q-${token})`
  document.documentElement.append(probe)
  const color = getComputedStyle(probe).color
  probe.remove()
  return color
}
