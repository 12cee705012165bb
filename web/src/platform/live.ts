/** Where the platform's news come from. */
export const LIVE = '/v1/platform/live'
