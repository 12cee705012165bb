/** The dashboard's charts in Qiao's colours. */
import { tokenColor } from '@/shared/design/color'
import { shortDate } from '@/shared/i18n/format'
import type { Day } from './figures'

/** Read anew for each chart, since the theme may have changed. */
function look() {
  const soft = tokenColor('text-soft')
  const line = tokenColor('line')
  return {
    accent: tokenColor('accent'),
    info: tokenColor('info'),
    good: tokenColor('good'),
    axis: {
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: soft, hideOverlap: true },
      splitLine: { lineStyle: { color: line } },
    },
    base: {
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: tokenColor('text') },
      animationDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 400,
      grid: { left: 4, right: 4, top: 36, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: soft }, icon: 'circle', itemHeight: 8 },
      tooltip: {
        trigger: 'axis',
        backgroundColor: tokenColor('raised'),
        borderColor: line,
        textStyle: { color: tokenColor('text') },
      },
    },
  }
}

/** Sales as bars, redemptions as a line, day by day. */
export function salesChart(
  days: Day[],
  words: { sales: string; redemptions: string },
  money: (amount: number) => string,
) {
  const { accent, info, axis, base } = look()
  return {
    ...base,
    xAxis: {
      type: 'category',
      data: days.map(({ from }) => shortDate(from)),
      ...axis,
      splitLine: { show: false },
    },
    yAxis: [
      {
        type: 'value',
        ...axis,
        axisLabel: { ...axis.axisLabel, formatter: (amount: number) => money(amount) },
      },
      { type: 'value', ...axis, splitLine: { show: false }, minInterval: 1 },
    ],
    series: [
      {
        name: words.sales,
        type: 'bar',
        data: days.map(({ sales }) => sales),
        itemStyle: { color: accent, borderRadius: [4, 4, 0, 0] },
        barMaxWidth: 24,
        tooltip: { valueFormatter: (amount: unknown) => money(Number(amount)) },
      },
      {
        name: words.redemptions,
        type: 'line',
        yAxisIndex: 1,
        data: days.map(({ redemptions }) => redemptions),
        itemStyle: { color: info },
        lineStyle: { width: 2 },
        symbolSize: 6,
      },
    ],
  }
}

/** Amounts by name, the largest at the top. */
export function barsChart(rows: { name: string; values: number[] }[], series: string[]) {
  const { accent, info, good, axis, base } = look()
  const colors = [info, accent, good]
  return {
    ...base,
    legend: series.length > 1 ? base.legend : { show: false },
    grid: { ...base.grid, top: series.length > 1 ? 36 : 8 },
    xAxis: { type: 'value', minInterval: 1, ...axis },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ name }) => name),
      ...axis,
      axisLabel: { ...axis.axisLabel, width: 128, overflow: 'break', lineHeight: 15 },
    },
    series: series.map((name, i) => ({
      name,
      type: 'bar',
      data: rows.map(({ values }) => values[i] ?? 0),
      itemStyle: { color: series.length > 1 ? colors[i] : accent, borderRadius: [0, 4, 4, 0] },
      barMaxWidth: 18,
    })),
  }
}
