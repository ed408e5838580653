#!/usr/bin/env node
// `hongyan …` from anywhere: the same as `npm run hongyan -- …`.
process.argv.splice(2, 0, 'cli');
await import('./run.mjs');
