import counter from './counter.zh-CN'
import money from './money.zh-CN'
import selling from './selling.zh-CN'
import shell from './shell.zh-CN'

export default { ...shell, ...counter, ...selling, ...money }
