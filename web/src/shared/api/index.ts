export { api, done, keyed, mediaUrl, type Schemas } from './client'
export { useAction } from './intent'
export { useLoad, usePages } from './load'
export { isRefused, Refused, Unreachable } from './problem'
